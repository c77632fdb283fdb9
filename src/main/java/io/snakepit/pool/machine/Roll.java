package io.snakepit.pool.machine;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The progress of replacing all workers by new code. */
final class Roll {
  static final String REASON = "is rolled";

  /** Successors that end before they are ready, one after the other: then the new code is bad. */
  private static final int MAX_FAILURES = 3;

  /** The outcome of the last roll. */
  enum Outcome {
    NONE,
    RUNNING,
    DONE,
    FAILED
  }

  private final Set<String> left = new HashSet<>();
  private Outcome outcome = Outcome.NONE;
  private int total;
  private int generation;
  private int failures;
  private @Nullable String fault;

  /**
   * Begins to replace all of a crew; also those that were on their way to take another's place:
   * they have imported the code of before.
   */
  void begin(Crew crew) {
    left.clear();
    fault = null;
    failures = 0;
    generation = crew.generation();
    crew.all().stream().filter(slot -> !slot.replaced).forEach(slot -> left.add(slot.worker));
    total = left.size();
    outcome = left.isEmpty() ? Outcome.DONE : Outcome.RUNNING;
  }

  /** Notes that a worker is ready. */
  void arrived(int itsGeneration) {
    if (itsGeneration == generation) {
      failures = 0;
    }
  }

  /** Notes that a worker takes no more calls, or has ended. */
  void left(WorkerSlot slot) {
    if (left.remove(slot.worker) && left.isEmpty() && outcome == Outcome.RUNNING) {
      outcome = Outcome.DONE;
    }
  }

  /** Notes that a successor has failed to start. Returns whether that ends the roll. */
  boolean failed(String reason) {
    fault = reason;
    if (++failures < MAX_FAILURES || outcome != Outcome.RUNNING) {
      return false;
    }
    outcome = Outcome.FAILED;
    return true;
  }

  boolean isRunning() {
    return outcome == Outcome.RUNNING;
  }

  Outcome outcome() {
    return outcome;
  }

  int total() {
    return total;
  }

  int done() {
    return total - left.size();
  }

  /** Returns why the last successor that failed did, or null. */
  @Nullable String fault() {
    return fault;
  }
}
