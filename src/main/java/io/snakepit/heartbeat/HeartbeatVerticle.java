package io.snakepit.heartbeat;

import io.snakepit.api.Event;
import io.snakepit.bus.EventPublisher;
import io.snakepit.bus.PoolClient;
import io.snakepit.bus.Pulse;
import io.snakepit.bus.Pulses;
import io.snakepit.config.PoolOptions;
import io.snakepit.process.CpuTime;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The verticle that has every pool send its workers pings, and tells the pool which workers hang.
 * One message per pool and interval, however many workers there are. What processor time a worker
 * uses is read only while it does not answer, and by a thread of the verticle's own: where the
 * application keeps all of Vert.x's waiting, perhaps for the very pool that is watched, workers are
 * watched as ever. Holds nothing that the next look would not bring again: one that is deployed
 * anew goes on.
 */
public final class HeartbeatVerticle extends VerticleBase {
  private static final String THREAD = "snakepit-heartbeat";

  /** The time for which a worker is observed first: some ticks of the kernel's clock. */
  private static final long OBSERVED_MS = 100;

  private final Map<String, PoolOptions.Heartbeat> watched;
  private final PoolClient pools;
  private final List<Watch> watches = new ArrayList<>();
  private @Nullable WorkerExecutor reader;

  /**
   * Makes the verticle, for these pools.
   *
   * @param watched the settings of each; a pool whose heartbeat is not enabled is left alone
   * @param pools asks them
   */
  public HeartbeatVerticle(Map<String, PoolOptions.Heartbeat> watched, PoolClient pools) {
    this.watched = Map.copyOf(watched);
    this.pools = pools;
  }

  @Override
  public Future<?> start() {
    WorkerExecutor opened = vertx.createSharedWorkerExecutor(THREAD, 1);
    reader = opened;
    watched.forEach(
        (pool, options) -> {
          if (options.enabled()) {
            watches.add(new Watch(pool, options, opened));
          }
        });
    watches.forEach(Watch::look);
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    watches.forEach(Watch::end);
    return reader == null ? Future.succeededFuture() : reader.close();
  }

  /** The processor time that each thread of a worker has used until then. */
  private record Use(String worker, Map<Long, Long> usedMs, long at) {}

  private static Use use(Pulse worker) {
    return new Use(worker.worker(), CpuTime.ofThreads(worker.pid()), System.nanoTime());
  }

  /** The watch over one pool. */
  private final class Watch {
    private final String pool;
    private final PoolOptions.Heartbeat options;
    private final WorkerExecutor reader;
    private final FailureDetector detector;
    private final ProgressDetector progress = new ProgressDetector();
    private final EventPublisher events;
    private boolean ended;
    private long timer = -1;

    Watch(String pool, PoolOptions.Heartbeat options, WorkerExecutor reader) {
      this.pool = pool;
      this.options = options;
      this.reader = reader;
      this.detector =
          new FailureDetector(
              TimeUnit.MILLISECONDS.toNanos(options.intervalMs()),
              TimeUnit.MILLISECONDS.toNanos(options.timeoutMs()),
              options.maxMissed());
      this.events = new EventPublisher(vertx.eventBus(), pool);
    }

    void look() {
      boolean ping = detector.pingsAt(System.nanoTime());
      pools
          .beat(pool, ping, options.timeoutMs())
          .onSuccess(pulses -> judge(pulses, ping))
          // A pool that is just being replaced has no workers to watch.
          .onFailure(away -> lookAgain(options.intervalMs()));
    }

    private void judge(Pulses pulses, boolean pinged) {
      long now = System.nanoTime();
      List<Pulse> silent = progress.silent(pulses.workers());
      boolean twice = silent.stream().map(Pulse::worker).anyMatch(progress::isUnknown);
      observe(silent)
          .compose(seen -> twice ? observeLater(silent) : Future.succeededFuture())
          .onComplete(seen -> decide(progress.judged(pulses.workers()), pinged, now));
    }

    private void decide(List<Pulse> pulses, boolean pinged, long now) {
      detector.look(pulses, pinged, now).forEach(this::act);
      long nanos = detector.nextLook() - System.nanoTime();
      lookAgain((long) Math.ceil(nanos / 1e6)); // not a moment too soon, or it would be none
    }

    /**
     * Reads what processor time silent workers have used; does nothing where there are none, or at
     * the end.
     */
    private Future<Void> observe(List<Pulse> silent) {
      if (silent.isEmpty() || ended) {
        return Future.succeededFuture();
      }
      return reader
          .executeBlocking(() -> silent.stream().map(HeartbeatVerticle::use).toList(), false)
          .onSuccess(uses -> uses.forEach(u -> progress.observe(u.worker, u.usedMs, u.at)))
          .mapEmpty();
    }

    private Future<Void> observeLater(List<Pulse> silent) {
      long pauseMs = Math.min(OBSERVED_MS, Math.max(1, options.intervalMs() / 2));
      return vertx.timer(pauseMs, TimeUnit.MILLISECONDS).compose(due -> observe(silent));
    }

    private void lookAgain(long delayMs) {
      if (!ended) {
        timer = vertx.setTimer(Math.max(1, delayMs), due -> look());
      }
    }

    private void act(Verdict verdict) {
      JsonObject reason = new JsonObject().put("reason", progress.reason(verdict));
      events.publish(event(verdict.kind()), verdict.worker(), reason);
      if (verdict.kind() == Verdict.Kind.TIMEOUT && options.dependent()) {
        pools.reportHung(pool, verdict.worker(), verdict.reason());
      }
    }

    private static Event event(Verdict.Kind kind) {
      return switch (kind) {
        case MISSED -> Event.HEARTBEAT_MISSED;
        case TIMEOUT -> Event.HEARTBEAT_TIMEOUT;
        case RECOVERED -> Event.HEARTBEAT_RECOVERED;
      };
    }

    void end() {
      ended = true;
      vertx.cancelTimer(timer);
    }
  }
}
