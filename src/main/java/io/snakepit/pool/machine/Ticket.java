package io.snakepit.pool.machine;

import static java.util.Objects.requireNonNull;

import io.snakepit.api.Call;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An accepted call on its way through the pool. What of it can change belongs to the machine, and
 * there to the {@link CallQueue} and the {@link DeadlineHeap} that it is linked into.
 */
public final class Ticket {
  /** The states of a call. It is answered exactly once: on entering ABANDONED or ANSWERED. */
  enum State {
    NEW,
    QUEUED,
    RUNNING,
    /** The worker is done with the call, and the consumer has still to take what has come. */
    DELIVERING,
    /** Answered by its timeout or a cancel, while a worker is still busy with it. */
    ABANDONED,
    ANSWERED
  }

  public final Call call;
  public final String id;
  public final long acceptedAt;
  public final Caller caller;

  /** The flow of the answer, if it comes in pieces. */
  public final @Nullable Flow flow;

  State state = State.NEW;

  /** The order of acceptance, which queues keep to. */
  long arrival;

  /** Time at which the call's time is over; meaningless without {@link #hasDeadline}. */
  long deadline;

  boolean hasDeadline;

  /** Number of times that the call was sent to a worker that may have begun it. */
  int attempts;

  /** Set once a worker has died before it had read the call: the next that does so ends it. */
  boolean diedUnread;

  /** Set once a worker has ended that may have begun it: nobody can say now that it never ran. */
  @Nullable Loss loss;

  /** The number by which the worker answers. */
  long sequence;

  long dispatchedAt;

  @Nullable WorkerSlot slot;

  /** The calls that run together with it as one; null for most. */
  @Nullable Batch batch;

  /** Time at which Python was told to interrupt it; meaningless before. */
  long interruptedAt;

  /** Set when the time was over while the call ran. */
  boolean timedOut;

  /** Time at which the worker is given up, once the call was interrupted. */
  long giveUpAt;

  /** Time that was waited before the worker got its last signal. */
  long signalPause;

  /** Set when the call goes on beyond the time that a cancelled one has to stop. */
  boolean stuck;

  /** An earlier call of the same id that is under way too; null for nearly all. */
  @Nullable Ticket namesake;

  /** The queue that it waits in, and its place there. */
  @Nullable CallQueue queue;

  @Nullable Ticket previous;

  @Nullable Ticket next;

  /** Time at which the {@link DeadlineHeap} wakes, and the place in it; -1 outside. */
  long wakeAt;

  int heapIndex = -1;

  /** The end of a worker with a call in it. */
  record Loss(String worker, String message) {}

  /** The consumer of the chunks; null unless the answer comes in pieces. */
  private final @Nullable StreamConsumer consumer;

  /**
   * Makes the ticket of a call whose answer comes whole.
   *
   * @param id the call's id, as the caller and the log know it
   * @param acceptedAt nanoseconds of the clock that the pool is driven by
   */
  public Ticket(Call call, String id, long acceptedAt, Caller caller) {
    this.call = call;
    this.id = id;
    this.acceptedAt = acceptedAt;
    this.caller = caller;
    this.flow = null;
    this.consumer = null;
  }

  /** Makes the ticket of a call whose answer comes in pieces, and flows as that says. */
  public Ticket(Call call, String id, long acceptedAt, Flow flow, StreamConsumer consumer) {
    this.call = call;
    this.id = id;
    this.acceptedAt = acceptedAt;
    this.caller = consumer;
    this.flow = flow;
    this.consumer = consumer;
  }

  /** Returns the number by which its worker answers. */
  public long sequence() {
    return sequence;
  }

  /** Returns when it was last sent to a worker. */
  public long dispatchedAt() {
    return dispatchedAt;
  }

  /** Returns whom its chunks go to. Only of a call whose answer comes in pieces. */
  public StreamConsumer consumer() {
    if (consumer == null) {
      throw new IllegalStateException("the answer of " + this + " does not come in pieces");
    }
    return consumer;
  }

  /** Returns how its answer flows. Only of a call whose answer comes in pieces. */
  Flow flow() {
    return requireNonNull(flow);
  }

  /** Takes the deadline from the call, or else from the pool; 0 nanoseconds mean none. */
  void setDeadline(long standardNanos) {
    long timeout =
        call.timeoutMs() > 0 ? TimeUnit.MILLISECONDS.toNanos(call.timeoutMs()) : standardNanos;
    hasDeadline = timeout > 0;
    deadline = acceptedAt + timeout;
  }

  /** Returns whether its deadline has passed. */
  boolean isOverdue(long now) {
    return hasDeadline && deadline - now <= 0;
  }

  /** Returns that time, or the deadline if it is earlier. */
  long orDeadline(long time) {
    return hasDeadline && deadline - time < 0 ? deadline : time;
  }

  /**
   * Returns whether the call may be tried once more: not if a part of its answer or of its
   * arguments has gone, or if a large body has been let go of once it was written.
   */
  boolean isRepeatable() {
    return call.upload() == null && call.hasItsBody() && (flow == null || flow.chunks == 0);
  }

  /**
   * Returns whether arguments and answer are whole, so that the call may go together with others.
   */
  boolean isPlain() {
    return flow == null && call.upload() == null;
  }

  /** Returns whether the caller waits for the call. */
  boolean isUnderWay() {
    return state == State.QUEUED || state == State.RUNNING || state == State.DELIVERING;
  }

  boolean hasSession() {
    return !call.session().isEmpty();
  }

  /** The worker that it runs in. */
  WorkerSlot home() {
    WorkerSlot home = slot;
    if (home == null) {
      throw new IllegalStateException(this + " is in no worker");
    }
    return home;
  }

  @Override
  public String toString() {
    return "Ticket[" + id + " " + state + "]";
  }
}
