package io.snakepit.pool;

import io.snakepit.api.PoolInfo;
import io.snakepit.api.WorkerInfo;
import io.snakepit.bus.Pulse;
import io.snakepit.pool.machine.Crew;
import io.snakepit.pool.machine.PoolPhase;
import io.snakepit.pool.machine.PoolState;
import io.snakepit.pool.machine.Roll;
import io.snakepit.pool.machine.WorkerSlot;
import io.snakepit.process.CpuTime;
import io.snakepit.process.ResidentMemory;
import io.snakepit.worker.Worker;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Tells people how a pool and its workers are. On the pool's event loop. */
final class PoolReport {
  private final PoolState state;
  private final String profile;
  private final CallTimes times;

  PoolReport(PoolState state, String profile, CallTimes times) {
    this.state = state;
    this.profile = profile;
    this.times = times;
  }

  PoolInfo pool(long now) {
    return new PoolInfo(
        state.limits().pool(),
        stateName(now),
        workers(),
        calls(),
        state.counters().toMap(),
        durations(now),
        roll(),
        state.lastError());
  }

  private PoolInfo.Workers workers() {
    Crew crew = state.crew();
    return new PoolInfo.Workers(
        profile,
        state.limits().workers().concurrency(),
        crew.target(),
        crew.ready(),
        crew.busy(),
        crew.starting());
  }

  private PoolInfo.Calls calls() {
    Crew crew = state.crew();
    int capacity = crew.ready() * state.limits().workers().concurrency();
    return new PoolInfo.Calls(crew.running(), capacity, state.queued());
  }

  private PoolInfo.Durations durations(long now) {
    return new PoolInfo.Durations(
        times.latency().percentiles(now),
        times.queue().percentiles(now),
        times.run().percentiles(now));
  }

  private PoolInfo.@Nullable Roll roll() {
    Roll roll = state.recycling().roll();
    return roll.outcome() == Roll.Outcome.NONE
        ? null
        : new PoolInfo.Roll(
            roll.outcome().name().toLowerCase(Locale.ROOT),
            roll.done(),
            roll.total(),
            roll.fault());
  }

  private String stateName(long now) {
    if (state.phase() != PoolPhase.SERVING) {
      return name(state.phase());
    }
    if (state.isPaused()) {
      return state.queued() + state.crew().running() == 0 ? "drained" : "draining";
    }
    return state.health().fault(state, now).isEmpty() ? "ready" : "degraded";
  }

  /** What people call a phase; a pool that serves may be called otherwise. */
  static String name(PoolPhase phase) {
    return switch (phase) {
      case STARTING -> "starting";
      case SERVING -> "ready";
      case OPEN -> "open";
      case DRAINING -> "draining";
      case STOPPED -> "drained";
      case FAILED -> "failed";
    };
  }

  /** All workers. Reading their memory is left to a worker thread. */
  Future<JsonArray> workers(Vertx vertx, Collection<Worker> workers) {
    List<WorkerInfo> infos = workers.stream().map(this::worker).toList();
    return vertx.executeBlocking(
        () -> {
          JsonArray array = new JsonArray();
          infos.forEach(info -> array.add(measured(info).toJson()));
          return array;
        },
        false);
  }

  private WorkerInfo worker(Worker worker) {
    WorkerSlot slot = state.crew().find(worker.id());
    return new WorkerInfo(
        worker.id(),
        state.limits().pool(),
        slot == null ? "stopping" : slot.stateName(),
        TimeUnit.NANOSECONDS.toMillis(worker.ageNanos()),
        slot == null
            ? WorkerInfo.Calls.NONE
            : new WorkerInfo.Calls(slot.calls, slot.errors, slot.running.size()),
        new WorkerInfo.OsProcess(worker.pid(), 0, 0),
        sinceLastBeat(worker.pulse()),
        "");
  }

  private static @Nullable Long sinceLastBeat(@Nullable Pulse pulse) {
    return pulse == null || pulse.answered() == 0
        ? null
        : TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - pulse.answeredAt());
  }

  private static WorkerInfo measured(WorkerInfo worker) {
    long pid = worker.process().pid();
    return worker.withProcess(
        new WorkerInfo.OsProcess(pid, ResidentMemory.bytes(pid), CpuTime.millis(pid)));
  }
}
