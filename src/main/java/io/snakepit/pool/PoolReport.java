package io.snakepit.pool;

import static java.util.Objects.requireNonNull;

import io.snakepit.api.PoolInfo;
import io.snakepit.api.WorkerInfo;
import io.snakepit.bus.Pulse;
import io.snakepit.pool.machine.PoolLimits;
import io.snakepit.pool.machine.PoolPhase;
import io.snakepit.pool.machine.PoolState;
import io.snakepit.pool.machine.PoolStatus;
import io.snakepit.pool.machine.WorkerStatus;
import io.snakepit.process.CpuTime;
import io.snakepit.process.ResidentMemory;
import io.snakepit.worker.Worker;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Tells people how a pool and its workers are. On the pool's event loop. */
final class PoolReport {
  private final PoolLimits limits;
  private final PoolState state;
  private final String profile;
  private final CallTimes times;

  PoolReport(PoolLimits limits, PoolState state, String profile, CallTimes times) {
    this.limits = limits;
    this.state = state;
    this.profile = profile;
    this.times = times;
  }

  PoolInfo pool(long now) {
    PoolStatus status = state.status(now);
    return new PoolInfo(
        limits.pool(),
        stateName(status),
        workers(status.workers()),
        calls(status),
        status.counters(),
        durations(now),
        roll(status.roll()),
        status.lastError());
  }

  private PoolInfo.Workers workers(PoolStatus.Workers workers) {
    return new PoolInfo.Workers(
        profile,
        limits.workers().concurrency(),
        workers.target(),
        workers.ready(),
        workers.busy(),
        workers.starting());
  }

  private static PoolInfo.Calls calls(PoolStatus status) {
    PoolStatus.Workers workers = status.workers();
    return new PoolInfo.Calls(workers.running(), workers.capacity(), status.queued());
  }

  private PoolInfo.Durations durations(long now) {
    return new PoolInfo.Durations(
        times.latency().percentiles(now),
        times.queue().percentiles(now),
        times.run().percentiles(now));
  }

  private static PoolInfo.@Nullable Roll roll(PoolStatus.@Nullable RollStatus roll) {
    return roll == null
        ? null
        : new PoolInfo.Roll(roll.outcome(), roll.done(), roll.total(), roll.fault());
  }

  private static String stateName(PoolStatus status) {
    if (status.phase() != PoolPhase.SERVING) {
      return name(status.phase());
    }
    if (status.paused()) {
      return status.queued() + status.workers().running() == 0 ? "drained" : "draining";
    }
    return status.fault().isEmpty() ? "ready" : "degraded";
  }

  /** Returns the name of a phase; a pool that serves may be called otherwise. */
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

  /** Returns the information on all workers. Reading their memory is left to a worker thread. */
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
    WorkerStatus status = requireNonNull(state.worker(worker.id()));
    return new WorkerInfo(
        worker.id(),
        limits.pool(),
        status.state(),
        TimeUnit.NANOSECONDS.toMillis(worker.ageNanos()),
        new WorkerInfo.Calls(status.calls(), status.errors(), status.running()),
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
