package io.snakepit.pool;

import io.snakepit.api.Call;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An accepted call on its way through the pool. The shell may extend it by what it needs to answer
 * the caller; the mutable parts belong to {@link PoolState}, and through it to the {@link
 * CallQueue} and the {@link DeadlineHeap} that the ticket is linked into.
 */
class Ticket {
  /** How far a call has come. It is answered exactly once: on entering ABANDONED or ANSWERED. */
  enum State {
    NEW,
    QUEUED,
    RUNNING,
    /** Answered by its timeout, while a worker is still busy with it. */
    ABANDONED,
    ANSWERED
  }

  final Call call;
  final String id;
  final long acceptedAt;

  State state = State.NEW;

  /** When the call's time is over; meaningless without {@link #hasDeadline}. */
  long deadline;

  boolean hasDeadline;

  /** The number by which the worker answers. */
  long sequence;

  @Nullable WorkerSlot slot;

  /** Place in the {@link CallQueue}. */
  @Nullable Ticket previous;

  @Nullable Ticket next;

  /** When the {@link DeadlineHeap} wakes, and the place in it; -1 outside. */
  long wakeAt;

  int heapIndex = -1;

  /**
   * @param id the call's id, as the caller and the log know it
   * @param acceptedAt nanoseconds of the clock that the pool is driven by
   */
  Ticket(Call call, String id, long acceptedAt) {
    this.call = call;
    this.id = id;
    this.acceptedAt = acceptedAt;
  }

  /** Takes the deadline from the call, or else from the pool; 0 nanoseconds mean none. */
  void setDeadline(long standardNanos) {
    long timeout =
        call.timeoutMs() > 0 ? TimeUnit.MILLISECONDS.toNanos(call.timeoutMs()) : standardNanos;
    hasDeadline = timeout > 0;
    deadline = acceptedAt + timeout;
  }

  @Override
  public String toString() {
    return "Ticket[" + id + " " + state + "]";
  }
}
