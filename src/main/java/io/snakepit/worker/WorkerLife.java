package io.snakepit.worker;

import java.util.EnumSet;
import java.util.Set;

/**
 * A phase of a worker's life, as its host drives it. A move that is not legal throws and names both
 * states.
 */
enum WorkerLife {
  /** The worker's start has not been ordered yet. */
  NEW,
  /** The start is ordered: a process comes up, dials in and starts its adapter. */
  STARTING,
  /** The worker takes calls. */
  READY,
  /** The worker is to end, or has lost its link; its process is not gone yet. */
  ENDING,
  /** The process and its group are gone. */
  ENDED;

  private Set<WorkerLife> successors() {
    return switch (this) {
      case NEW -> EnumSet.of(STARTING, ENDED);
      case STARTING -> EnumSet.of(READY, ENDING, ENDED);
      case READY -> EnumSet.of(ENDING, ENDED);
      case ENDING -> EnumSet.of(ENDED);
      case ENDED -> EnumSet.noneOf(WorkerLife.class);
    };
  }

  WorkerLife to(WorkerLife next) {
    if (!successors().contains(next)) {
      throw new IllegalStateException("a worker can't go from " + this + " to " + next);
    }
    return next;
  }
}
