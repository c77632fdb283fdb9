package io.snakepit.pool;

import io.snakepit.pool.WorkerSlot.State;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The workers of a pool: who there is, who is idle, and who has yet to be started. Names them, and
 * never uses a name twice.
 */
final class Crew {
  private final PoolLimits limits;
  private final Map<String, WorkerSlot> slots = new LinkedHashMap<>();

  /** Idle workers; the one used last comes first, so that caches are warm. */
  private final ArrayDeque<WorkerSlot> idle = new ArrayDeque<>();

  private int unstarted;
  private long lastNumber;

  Crew(PoolLimits limits) {
    this.limits = limits;
    this.unstarted = limits.size();
  }

  /** Names the workers of the first batch. */
  List<PoolEffect> firstBatch() {
    int count = Math.min(limits.startBatch(), unstarted);
    unstarted -= count;
    return java.util.stream.IntStream.range(0, count).mapToObj(i -> hire(newBackoff(), 0)).toList();
  }

  /** Names the next worker of the first start, or answers null if all are under way. */
  @Nullable PoolEffect nextOfStart() {
    if (unstarted == 0) {
      return null;
    }
    unstarted--;
    return hire(newBackoff(), limits.startDelayNanos());
  }

  /** Names a worker for the place that another has left. */
  PoolEffect replace(WorkerSlot ended, long now) {
    return hire(ended.backoff, ended.backoff.next(now));
  }

  /** The same, after the longest pause. */
  PoolEffect replaceLate(WorkerSlot ended) {
    return hire(ended.backoff, limits.lastBackoffNanos());
  }

  private PoolEffect hire(RestartBackoff backoff, long delayNanos) {
    String worker = limits.pool() + "-" + ++lastNumber;
    slots.put(worker, new WorkerSlot(worker, backoff));
    return new PoolEffect.StartWorker(worker, delayNanos);
  }

  private RestartBackoff newBackoff() {
    return new RestartBackoff(limits.backoffNanos(), limits.backoffWindowNanos());
  }

  /** Starts no more workers. */
  void close() {
    unstarted = 0;
  }

  @Nullable WorkerSlot find(String worker) {
    return slots.get(worker);
  }

  Collection<WorkerSlot> all() {
    return slots.values();
  }

  boolean isEmpty() {
    return slots.isEmpty();
  }

  /** The idle worker that was used last, or null. It stays idle until {@link #busy}. */
  @Nullable WorkerSlot firstIdle() {
    return idle.peekFirst();
  }

  boolean hasIdle() {
    return !idle.isEmpty();
  }

  void busy(WorkerSlot slot) {
    leaveIdle(slot);
    slot.to(State.BUSY);
  }

  void idle(WorkerSlot slot) {
    slot.to(State.IDLE);
    idle.addFirst(slot);
  }

  void stopping(WorkerSlot slot) {
    leaveIdle(slot);
    slot.to(State.STOPPING);
  }

  void ended(WorkerSlot slot) {
    leaveIdle(slot);
    slot.to(State.ENDED);
    slots.remove(slot.worker);
  }

  /** Usually the first, and then O(1). */
  private void leaveIdle(WorkerSlot slot) {
    if (slot.state() == State.IDLE) {
      idle.removeFirstOccurrence(slot);
    }
  }

  /** Whether every worker that the pool should have is ready. */
  boolean isComplete() {
    return unstarted == 0 && count(State.STARTING) == 0 && ready() >= limits.size();
  }

  int ready() {
    return (int) slots.values().stream().filter(WorkerSlot::isReady).count();
  }

  int starting() {
    return count(State.STARTING) + unstarted;
  }

  int count(State state) {
    return (int) slots.values().stream().filter(slot -> slot.state() == state).count();
  }

  /** Workers with a call, answered or not. */
  int busy() {
    return (int) slots.values().stream().filter(slot -> slot.current != null).count();
  }
}
