package io.snakepit.pool;

import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the pool's machine knows of one worker. */
final class WorkerSlot {

  /** A worker's life as the pool sees it. A move that is not legal throws and names both states. */
  enum State {
    STARTING,
    IDLE,
    BUSY,
    /** Gets no more calls; its end is awaited. */
    STOPPING,
    ENDED;

    private Set<State> successors() {
      return switch (this) {
        case STARTING -> EnumSet.of(IDLE, STOPPING, ENDED);
        case IDLE -> EnumSet.of(BUSY, STOPPING, ENDED);
        case BUSY -> EnumSet.of(IDLE, STOPPING, ENDED);
        case STOPPING -> EnumSet.of(ENDED);
        case ENDED -> EnumSet.noneOf(State.class);
      };
    }
  }

  final String worker;
  final RestartBackoff backoff;
  private State state = State.STARTING;

  /** The call it runs, answered or not; null when idle. */
  @Nullable Ticket current;

  /** We end it for a call that does not come back: no crash of its own. */
  boolean condemned;

  long lastSequence;
  long calls;
  long errors;

  WorkerSlot(String worker, RestartBackoff backoff) {
    this.worker = worker;
    this.backoff = backoff;
  }

  State state() {
    return state;
  }

  void to(State next) {
    if (!state.successors().contains(next)) {
      throw new IllegalStateException(worker + " can't go from " + state + " to " + next);
    }
    state = next;
  }

  /** Whether it counts as a worker that can take calls, now or after the one it has. */
  boolean isReady() {
    return state == State.IDLE || state == State.BUSY;
  }
}
