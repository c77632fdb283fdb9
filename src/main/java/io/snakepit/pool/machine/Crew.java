package io.snakepit.pool.machine;

import io.snakepit.pool.machine.WorkerSlot.State;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The workers of a pool: how many there are to be, who there is, and who has room for a call. Names
 * them, and never uses a name twice.
 */
final class Crew {
  private final PoolLimits limits;
  private final Map<String, WorkerSlot> slots = new LinkedHashMap<>();

  private final ReadyWorkers free;
  private int target;
  private int generation;
  private boolean closed;
  private long lastNumber;

  Crew(PoolLimits limits) {
    this.limits = limits;
    this.target = limits.workers().size().min();
    this.free = new ReadyWorkers(limits.workers().concurrency());
  }

  /** Returns the number of workers that there are to be. */
  int target() {
    return target;
  }

  void target(int workers) {
    target = workers;
  }

  /** Places that nobody holds or is about to fill. */
  int vacancies() {
    return closed ? 0 : target - (int) countOf(WorkerSlot::holdsPlace);
  }

  /**
   * Names workers for vacant places, as long as fewer than {@code startup.batch} are starting.
   *
   * @param delayNanos the pause before each
   */
  void fill(long delayNanos, List<PoolEffect> effects) {
    int hired = Math.min(vacancies(), limits.workers().startBatch() - count(State.STARTING));
    for (int i = 0; i < hired; i++) {
      effects.add(hire(newBackoff(), delayNanos).effect());
    }
  }

  /** Names a worker for the place that another has left. */
  PoolEffect replace(WorkerSlot ended, long delayNanos) {
    return hire(ended.backoff, delayNanos).effect();
  }

  /** Names a worker that is to take another's place once it is ready. */
  PoolEffect succeed(WorkerSlot predecessor, long delayNanos) {
    Hired hired = hire(predecessor.backoff, delayNanos);
    hired.slot.predecessor = predecessor;
    return hired.effect;
  }

  private record Hired(WorkerSlot slot, PoolEffect effect) {}

  private Hired hire(RestartBackoff backoff, long delayNanos) {
    String worker = limits.pool() + "-" + ++lastNumber;
    WorkerSlot slot = new WorkerSlot(worker, backoff, limits.workers().concurrency(), generation);
    slots.put(worker, slot);
    return new Hired(slot, new PoolEffect.StartWorker(worker, delayNanos));
  }

  private RestartBackoff newBackoff() {
    return new RestartBackoff(limits.restart().backoffNanos(), limits.restart().windowNanos());
  }

  /** Workers hired from now on have imported the adapter anew. */
  void nextGeneration() {
    generation++;
  }

  int generation() {
    return generation;
  }

  /** Starts no more workers. */
  void close() {
    closed = true;
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

  /** Returns the worker that is to take a call that is bound to none, or null. */
  @Nullable WorkerSlot firstFree() {
    return free.first();
  }

  /**
   * Returns the worker that is to take the first call of a session that must stay where it is, or
   * null: of those that stay the one with the fewest sessions.
   */
  @Nullable WorkerSlot leastBound() {
    return free.leastBound();
  }

  boolean hasFree() {
    return !free.isEmpty();
  }

  /** Returns the worker that has been idle for longest among those that may stay, or null. */
  @Nullable WorkerSlot longestIdle() {
    return free.longestIdle();
  }

  /** One more unit of its capacity is in use. */
  void take(WorkerSlot slot) {
    slot.load++;
    shelve(slot);
  }

  /** One unit less. */
  void release(WorkerSlot slot, long now) {
    slot.load--;
    slot.idleSince = now;
    shelve(slot);
  }

  /** Marks a worker as one that can take calls. */
  void ready(WorkerSlot slot, long now) {
    slot.to(State.READY);
    slot.idleSince = now;
    shelve(slot);
  }

  /** Marks a worker as to be replaced for that reason; null: after all not. */
  void due(WorkerSlot slot, @Nullable String reason) {
    slot.due = reason;
    shelve(slot);
  }

  /** Notes that a worker gets no more calls, and that its place is free. */
  void leaving(WorkerSlot slot) {
    slot.replaced = true;
    slot.to(State.LEAVING);
    shelve(slot);
  }

  void stopping(WorkerSlot slot) {
    slot.to(State.STOPPING);
    shelve(slot);
  }

  void ended(WorkerSlot slot) {
    slot.to(State.ENDED);
    shelve(slot);
    slots.remove(slot.worker);
  }

  private void shelve(WorkerSlot slot) {
    if (slot.isShelved()) {
      free.remove(slot);
    }
    if (slot.canTake()) {
      free.add(slot);
    }
  }

  /** Returns whether every worker that the pool should have is ready. */
  boolean isComplete() {
    return vacancies() == 0 && count(State.STARTING) == 0 && ready() >= target;
  }

  int ready() {
    return count(State.READY);
  }

  /** Returns how many calls its ready workers can run at a time. */
  int capacity() {
    return ready() * limits.workers().concurrency();
  }

  int starting() {
    return count(State.STARTING) + Math.max(0, vacancies());
  }

  int count(State state) {
    return (int) countOf(slot -> slot.state() == state);
  }

  /** Workers with a call, answered or not. */
  int busy() {
    return (int) countOf(slot -> !slot.isIdle());
  }

  /** Calls in workers, answered or not. */
  int running() {
    return slots.values().stream().mapToInt(slot -> slot.running.size()).sum();
  }

  private long countOf(Predicate<WorkerSlot> which) {
    return slots.values().stream().filter(which).count();
  }
}
