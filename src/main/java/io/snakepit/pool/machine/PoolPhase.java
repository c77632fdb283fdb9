package io.snakepit.pool.machine;

import java.util.EnumSet;
import java.util.Set;

/** The phases of a pool's life. A move that is not legal throws and names both phases. */
public enum PoolPhase {
  /** Some worker has never been ready yet: calls are refused. */
  STARTING,
  /** Calls are taken. */
  SERVING,
  /** Too many workers have crashed: calls are refused until one stays up. */
  OPEN,
  /** Takes no more calls and finishes those it has. */
  DRAINING,
  /** Could not start. */
  FAILED,
  /** No worker is left. */
  STOPPED;

  private Set<PoolPhase> successors() {
    return switch (this) {
      case STARTING -> EnumSet.of(SERVING, FAILED, DRAINING);
      case SERVING -> EnumSet.of(OPEN, DRAINING);
      case OPEN -> EnumSet.of(SERVING, DRAINING);
      case DRAINING -> EnumSet.of(STOPPED);
      case FAILED -> EnumSet.of(DRAINING);
      case STOPPED -> EnumSet.noneOf(PoolPhase.class);
    };
  }

  /** Returns whether a worker that ends is replaced. */
  boolean keepsWorkers() {
    return this == SERVING || this == OPEN;
  }

  /** The next phase, if one may go there from here. */
  PoolPhase to(PoolPhase next) {
    if (!successors().contains(next)) {
      throw new IllegalStateException("a pool can't go from " + this + " to " + next);
    }
    return next;
  }
}
