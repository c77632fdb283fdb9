package io.snakepit.pool;

import io.snakepit.api.Event;
import io.snakepit.bus.EventPublisher;
import io.snakepit.bus.Pulses;
import io.snakepit.pool.machine.PoolEffect;
import io.snakepit.pool.machine.PoolEffect.KillWorker;
import io.snakepit.pool.machine.PoolEffect.StartWorker;
import io.snakepit.worker.Nursery;
import io.snakepit.worker.Worker;
import io.snakepit.worker.WorkerListener;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Carries out effects on workers: starts and ends them, now or later. Knows those there are. */
final class WorkerEffects implements PoolEffect.WorkerVisitor {
  private final Vertx vertx;
  private final EventPublisher events;
  private final long termGraceMs;
  private final Consumer<String> neverStarted;
  private final Map<String, Worker> workers = new LinkedHashMap<>();
  private final Map<String, Long> delayedStarts = new LinkedHashMap<>();
  private @Nullable Opened opened;

  /** The nursery in which workers are started, and the listener that hears of them. */
  private record Opened(Nursery nursery, WorkerListener listener) {}

  /**
   * @param neverStarted told the name of a worker that was to start later and now is not to
   */
  WorkerEffects(
      Vertx vertx, EventPublisher events, long termGraceMs, Consumer<String> neverStarted) {
    this.vertx = vertx;
    this.events = events;
    this.termGraceMs = termGraceMs;
    this.neverStarted = neverStarted;
  }

  /**
   * Lets workers be started from now on.
   *
   * @param listener hears of the workers that are started
   */
  void startIn(Nursery nursery, WorkerListener listener) {
    opened = new Opened(nursery, listener);
  }

  Collection<Worker> all() {
    return workers.values();
  }

  /** Returns the worker of that name, which must be there. */
  Worker get(String id) {
    Worker worker = workers.get(id);
    if (worker == null) {
      throw new IllegalStateException("no such worker: " + id);
    }
    return worker;
  }

  /** Returns the worker of that name; null if there is none. */
  @Nullable Worker find(String id) {
    return workers.get(id);
  }

  /**
   * Returns how the workers' hearts beat.
   *
   * @param inTime tells by a worker's name whether it has a call whose time is not over
   */
  Pulses pulses(Predicate<String> inTime) {
    return new Pulses(
        workers.values().stream()
            .map(Worker::pulse)
            .filter(Objects::nonNull)
            .map(pulse -> pulse.withTime(inTime.test(pulse.worker())))
            .toList());
  }

  /** Sends each worker a ping. */
  void ping() {
    workers.values().forEach(Worker::ping);
  }

  /** Forgets a worker that is gone. */
  void forget(String worker) {
    workers.remove(worker);
  }

  /** Starts nothing more that was to start later. */
  void cancelDelayedStarts() {
    delayedStarts.values().forEach(vertx::cancelTimer);
  }

  @Override
  public void startWorker(StartWorker effect) {
    String id = effect.worker();
    long delay = TimeUnit.NANOSECONDS.toMillis(effect.delayNanos());
    if (delay == 0) {
      spawn(id);
    } else {
      delayedStarts.put(id, vertx.setTimer(delay, due -> spawn(id)));
    }
  }

  private void spawn(String id) {
    delayedStarts.remove(id);
    events.publish(Event.WORKER_STARTING, id, new JsonObject());
    Opened here = opened();
    workers.put(id, here.nursery.spawn(id, here.listener));
  }

  private Opened opened() {
    if (opened == null) {
      throw new IllegalStateException("a worker can't be started before the nursery is open");
    }
    return opened;
  }

  @Override
  public void stopWorker(PoolEffect.StopWorker effect) {
    Worker worker = workers.get(effect.worker());
    if (worker == null) {
      cancelStart(effect.worker());
      return;
    }
    events.publish(Event.WORKER_STOPPING, effect.worker(), new JsonObject());
    worker.stop(termGraceMs);
  }

  @Override
  public void killWorker(KillWorker effect) {
    Worker worker = workers.get(effect.worker());
    if (worker == null) {
      cancelStart(effect.worker());
      return;
    }
    JsonObject reason = new JsonObject().put("reason", effect.reason());
    events.publish(Event.WORKER_KILLED, effect.worker(), reason);
    worker.kill(effect.reason(), effect.stacks());
  }

  @Override
  public void signalWorker(PoolEffect.SignalWorker effect) {
    Worker worker = workers.get(effect.worker());
    if (worker != null) {
      worker.signalCancel();
    }
  }

  private void cancelStart(String id) {
    Long delayed = delayedStarts.remove(id);
    if (delayed != null) {
      vertx.cancelTimer(delayed);
      neverStarted.accept(id);
    }
  }

  @Override
  public void importAnew(PoolEffect.ImportAnew effect) {
    opened().nursery.importAnew();
  }

  @Override
  public void spawnAfresh(PoolEffect.SpawnAfresh effect) {
    opened().nursery.spawnAfresh();
  }
}
