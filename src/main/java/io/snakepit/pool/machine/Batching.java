package io.snakepit.pool.machine;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The queues of all tools that take batches. There are few, so that looking at each is cheap. */
final class Batching {
  private final Map<String, BatchQueue> queues = new LinkedHashMap<>();

  /** A worker has told which of its tools take batches. One that does no longer keeps its queue. */
  void learn(Collection<BatchRule> rules) {
    for (BatchRule rule : rules) {
      BatchQueue known = queues.get(rule.tool());
      if (known == null || (known.calls.isEmpty() && !known.rule().equals(rule))) {
        queues.put(rule.tool(), new BatchQueue(rule));
      }
    }
  }

  /** The queue of a tool that takes batches, or null. */
  @Nullable BatchQueue of(String tool) {
    return queues.isEmpty() ? null : queues.get(tool);
  }

  /** Of the batches that should go the one whose first call arrived first, or null. */
  @Nullable BatchQueue firstRipe(long now) {
    if (queues.isEmpty()) {
      return null;
    }
    BatchQueue first = null;
    for (BatchQueue each : queues.values()) {
      if (!each.calls.isEmpty()
          && each.isRipe(now)
          && (first == null || each.calls.isAheadOf(first.calls))) {
        first = each;
      }
    }
    return first;
  }

  /** The queue that will be ripe first, or null if nobody waits. */
  @Nullable BatchQueue nextToRipen() {
    if (queues.isEmpty()) {
      return null;
    }
    BatchQueue next = null;
    for (BatchQueue each : queues.values()) {
      if (!each.calls.isEmpty() && (next == null || each.ripensAt() - next.ripensAt() < 0)) {
        next = each;
      }
    }
    return next;
  }

  Collection<BatchQueue> all() {
    return queues.values();
  }
}
