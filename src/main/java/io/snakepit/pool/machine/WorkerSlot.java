package io.snakepit.pool.machine;

import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A worker, as far as the machine knows it. */
final class WorkerSlot {

  /** A worker's life as the pool sees it. A move that is not legal throws and names both states. */
  enum State {
    STARTING,
    /** Takes calls while it has room. */
    READY,
    /** Gets no more calls and finishes those it has. Its place is somebody else's already. */
    LEAVING,
    /** Gets no more calls; its end is awaited. */
    STOPPING,
    ENDED;

    private Set<State> successors() {
      return switch (this) {
        case STARTING -> EnumSet.of(READY, STOPPING, ENDED);
        case READY -> EnumSet.of(LEAVING, STOPPING, ENDED);
        case LEAVING -> EnumSet.of(STOPPING, ENDED);
        case STOPPING -> EnumSet.of(ENDED);
        case ENDED -> EnumSet.noneOf(State.class);
      };
    }
  }

  final String worker;
  final RestartBackoff backoff;
  private final int capacity;
  private State state = State.STARTING;

  /** The calls in it, answered or not, by the number that it answers with. */
  final Map<Long, Ticket> running = new HashMap<>();

  /** Units of its capacity in use: a call each, or a batch. */
  int load;

  /** Calls in it that do not stop. */
  int stuck;

  /** Set once its event loop has come round after a cancel. */
  boolean cameRound;

  /** Time at which it last told of that; meaningless before. */
  long cameRoundAt;

  /** Calls that wait for this worker and no other. */
  final CallQueue bound = new CallQueue();

  /** The sessions that are bound to it. */
  final Set<String> sessions = new HashSet<>();

  /** We end it, for a call that does not come back or on demand: no crash of its own. */
  boolean condemned;

  /**
   * Set when it is killed since it gives no sign of life, its call does not come back, or it was
   * not ready in time.
   */
  boolean hung;

  /** Set when the place is filled by another worker, or is to stay empty. */
  boolean replaced;

  /** Set when the call provably never started: the connection was reset before it had been read. */
  boolean unread;

  /** Reason why the worker is to be replaced once its successor is ready; null if it isn't. */
  @Nullable String due;

  /** The worker that this one is to replace; null for most. */
  @Nullable WorkerSlot predecessor;

  /**
   * Number of rolls before the worker was started, which tells the adapter that it has imported.
   */
  final int generation;

  /** The rules by which its tools are called, once it is ready. */
  ToolRules rules = ToolRules.NONE;

  final Wear wear = new Wear();

  long lastSequence;
  long calls;
  long errors;

  /** Place among the {@link ReadyWorkers}, if the worker has room; -1 outside. */
  int shelf = -1;

  @Nullable WorkerSlot shelfPrevious;
  @Nullable WorkerSlot shelfNext;

  /** Since when it has nothing to do; only while it has nothing. */
  long idleSince;

  WorkerSlot(String worker, RestartBackoff backoff, int capacity, int generation) {
    this.worker = worker;
    this.backoff = backoff;
    this.capacity = capacity;
    this.generation = generation;
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

  /** Returns whether the worker counts as one that can take calls, now or after those it has. */
  boolean isReady() {
    return state == State.READY;
  }

  boolean isShelved() {
    return shelf >= 0;
  }

  /** Returns whether the worker can take a call now. */
  boolean canTake() {
    return state == State.READY && load < capacity;
  }

  /** Returns whether a call of that session is in it, or waits for it. */
  boolean serves(String session) {
    return bound.hasAnyOf(session)
        || running.values().stream().anyMatch(ticket -> ticket.call.session().equals(session));
  }

  boolean isIdle() {
    return running.isEmpty();
  }

  /**
   * Returns whether one of its calls has time left, until its deadline and grace. Beside a call
   * that does not stop, one without a deadline has none: it might wait for that one for ever.
   */
  boolean isInTime() {
    return running.values().stream()
        .anyMatch(ticket -> !ticket.stuck && (stuck == 0 || ticket.hasDeadline));
  }

  /** Returns whether the worker still runs what it was given before its end was decided. */
  boolean isLive() {
    return state == State.READY || state == State.LEAVING;
  }

  /** Returns whether the worker, until it has ended, is one of those that the pool is to have. */
  boolean holdsPlace() {
    return !replaced && predecessor == null;
  }

  /** The calls in it, in the order in which they came. */
  List<Ticket> inOrder() {
    return running.values().stream()
        .sorted(java.util.Comparator.comparingLong(ticket -> ticket.sequence))
        .toList();
  }

  /** Returns the name of the state, for people. */
  String stateName() {
    return switch (state) {
      case STARTING -> "starting";
      case READY -> running.isEmpty() ? "idle" : "busy";
      default -> "stopping";
    };
  }
}
