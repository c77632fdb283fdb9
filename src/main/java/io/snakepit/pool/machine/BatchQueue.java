package io.snakepit.pool.machine;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;

/**
 * Calls that wait for a tool that takes them in batches. They wait for company only while there is
 * some: a tool whose last batch was a single call sends the next one at once, so that a lone caller
 * loses nothing. Adaptive batching, as in Clipper (NSDI 2017), with a fixed limit for the wait.
 */
final class BatchQueue {
  final CallQueue calls = new CallQueue();
  private final BatchRule rule;
  private int lastSize = 1;

  BatchQueue(BatchRule rule) {
    this.rule = rule;
  }

  BatchRule rule() {
    return rule;
  }

  /** Returns whether a batch should go as soon as a worker has room. Only with calls. */
  boolean isRipe(long now) {
    return calls.size() >= rule.max() || ripensAt() - now <= 0;
  }

  /** Returns whether the batch would be ripe with one call more, that has just come. */
  boolean ripensWithAnother() {
    return calls.size() + 1 >= rule.max() || lastSize <= 1 || rule.waitNanos() == 0;
  }

  /** Returns the time at which the batch is ripe at the latest. Only with calls. */
  long ripensAt() {
    Ticket first = requireNonNull(calls.peek());
    return first.acceptedAt + (lastSize <= 1 ? 0 : rule.waitNanos());
  }

  /** The calls of the next batch, which stay in the queue until they run. */
  List<Ticket> next() {
    List<Ticket> batch = new ArrayList<>();
    for (Ticket each = calls.peek(); each != null && batch.size() < rule.max(); each = each.next) {
      batch.add(each);
    }
    lastSize = batch.size();
    return batch;
  }
}
