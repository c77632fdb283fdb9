package io.snakepit.pool;

import io.snakepit.api.PoolInfo;
import io.snakepit.api.WorkerInfo;
import io.snakepit.bus.Pulse;
import io.snakepit.telemetry.LatencyWindow;
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
  private final LatencyWindow latency;

  PoolReport(PoolState state, LatencyWindow latency) {
    this.state = state;
    this.latency = latency;
  }

  PoolInfo pool(long now) {
    Crew crew = state.crew();
    int ready = crew.ready();
    return new PoolInfo(
        state.limits().pool(),
        stateName(now),
        state.limits().size(),
        ready,
        crew.busy(),
        crew.busy(),
        ready,
        crew.starting(),
        state.queued(),
        state.counters().toMap(),
        latency.percentileMs(50, now),
        latency.percentileMs(99, now),
        state.lastError());
  }

  private String stateName(long now) {
    return switch (state.phase()) {
      case STARTING -> "starting";
      case SERVING -> state.health().fault(state, now).isEmpty() ? "ready" : "degraded";
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
          infos.forEach(info -> array.add(withMemory(info).toJson()));
          return array;
        },
        false);
  }

  private WorkerInfo worker(Worker worker) {
    WorkerSlot slot = state.crew().find(worker.id());
    return new WorkerInfo(
        worker.id(),
        state.limits().pool(),
        worker.pid(),
        slot == null ? "stopping" : slot.state().name().toLowerCase(Locale.ROOT),
        TimeUnit.NANOSECONDS.toMillis(worker.ageNanos()),
        slot == null ? 0 : slot.calls,
        slot == null ? 0 : slot.errors,
        0,
        sinceLastBeat(worker.pulse()),
        "");
  }

  private static @Nullable Long sinceLastBeat(@Nullable Pulse pulse) {
    return pulse == null || pulse.answered() == 0
        ? null
        : TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - pulse.answeredAt());
  }

  private static WorkerInfo withMemory(WorkerInfo w) {
    return new WorkerInfo(
        w.worker(),
        w.pool(),
        w.pid(),
        w.state(),
        w.ageMs(),
        w.calls(),
        w.errors(),
        ResidentMemory.bytes(w.pid()),
        w.lastHeartbeatMs(),
        w.node());
  }
}
