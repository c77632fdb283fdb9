package io.snakepit.pool;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.Result;
import io.snakepit.api.SnakepitException;
import io.snakepit.api.ToolInfo;
import io.snakepit.bus.Event;
import io.snakepit.bus.EventPublisher;
import io.snakepit.bus.Pulse;
import io.snakepit.bus.Pulses;
import io.snakepit.pool.PoolEffect.Announce;
import io.snakepit.pool.PoolEffect.Deliver;
import io.snakepit.pool.PoolEffect.Dispatch;
import io.snakepit.pool.PoolEffect.KillWorker;
import io.snakepit.pool.PoolEffect.Refuse;
import io.snakepit.pool.PoolEffect.StartWorker;
import io.snakepit.pool.PoolEffect.StopWorker;
import io.snakepit.telemetry.LatencyWindow;
import io.snakepit.worker.Nursery;
import io.snakepit.worker.NurserySettings;
import io.snakepit.worker.Worker;
import io.snakepit.worker.WorkerListener;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives one pool's machine: tells {@link PoolState} what happens, and carries out what it answers.
 * It decides nothing. For the pool's event loop alone.
 */
final class PoolDriver implements WorkerListener {
  private static final Logger LOG = LoggerFactory.getLogger(PoolDriver.class);

  private static final double NANOS_PER_MS = 1e6;

  private final Vertx vertx;
  private final NurserySettings settings;
  private final EventPublisher events;
  private final PoolState state;
  private final Consumer<Throwable> whenCrashed;
  private final WakeTimer wake;
  private final WorkerListener guarded;
  private final LatencyWindow latency = new LatencyWindow(System.nanoTime());
  private final CallIds ids = new CallIds();
  private final Map<String, Worker> workers = new LinkedHashMap<>();
  private final Map<String, Long> delayedStarts = new LinkedHashMap<>();
  private final Promise<Void> started = Promise.promise();
  private final Promise<Void> stopped = Promise.promise();
  private List<ToolInfo> tools = List.of();
  private Future<Nursery> opening = Future.failedFuture("not started");
  private @Nullable Nursery nursery;
  private boolean crashed;

  /**
   * @param whenCrashed told once, if the machine turns out to be broken
   */
  PoolDriver(
      Vertx vertx,
      NurserySettings settings,
      EventPublisher events,
      Consumer<Throwable> whenCrashed) {
    this.vertx = vertx;
    this.whenCrashed = whenCrashed;
    this.settings = settings;
    this.events = events;
    this.state = new PoolState(PoolLimits.of(settings.pool(), settings.options()));
    this.wake = new WakeTimer(vertx, this::expire);
    this.guarded = new GuardedListener(this, this::crash);
  }

  private void expire() {
    try {
      perform(state.expire(System.nanoTime()), null);
    } catch (RuntimeException e) {
      crash(e);
    }
  }

  /** Starts the workers; completes when all are ready, or one of them could not be. */
  Future<Void> start() {
    opening = Nursery.open(vertx, settings, this::announceFallback);
    opening.onSuccess(this::populate).onFailure(this::notOpened);
    return started.future();
  }

  private void populate(Nursery opened) {
    nursery = opened;
    if (state.phase() == PoolPhase.STARTING) {
      perform(state.start(), null);
    }
  }

  private void notOpened(Throwable failure) {
    if (state.phase() == PoolPhase.STARTING) {
      perform(state.failStart(String.valueOf(failure.getMessage())), null);
    }
  }

  private void announceFallback(String reason) {
    events.publish(Event.POOL_SPAWN_FALLBACK, new JsonObject().put("reason", reason));
  }

  /**
   * Finishes what there is to finish, within the pool's {@code shutdown.drainMs}; then ends all.
   */
  Future<Void> stop() {
    if (crashed) {
      return end();
    }
    long limit = TimeUnit.MILLISECONDS.toNanos(settings.options().shutdown().drainMs());
    perform(state.drain(limit, System.nanoTime()), null);
    started.tryFail(new SnakepitException(ErrorCode.SHUTTING_DOWN, "the pool was stopped"));
    return stopped.future().compose(done -> end());
  }

  private Future<Void> end() {
    return opening
        .compose(Nursery::close, neverOpened -> Future.succeededFuture())
        .onComplete(done -> wake.cancel());
  }

  /**
   * The machine is broken, and nobody knows what it would do next: every caller is answered, and
   * nothing more is done than to be replaced.
   */
  void crash(Throwable why) {
    if (crashed) {
      return;
    }
    crashed = true;
    LOG.error("pool {} has crashed", settings.pool(), why);
    String reason = "pool " + settings.pool() + " has crashed and is started anew: " + why;
    try {
      perform(state.abort(reason), null);
    } catch (RuntimeException worse) {
      LOG.error("pool {}: not every caller could be answered", settings.pool(), worse);
    }
    delayedStarts.values().forEach(vertx::cancelTimer);
    started.tryFail(new SnakepitException(ErrorCode.POOL_UNAVAILABLE, reason));
    stopped.tryComplete();
    whenCrashed.accept(why);
  }

  /** Runs a call; the future completes on the pool's event loop. */
  Future<Result> execute(Call call) {
    long now = System.nanoTime();
    PendingCall pending = new PendingCall(call, call.id().isEmpty() ? ids.next() : call.id(), now);
    try {
      perform(state.submit(pending, now), null);
    } catch (RuntimeException e) {
      crash(e);
      pending.fail(
          new SnakepitException(ErrorCode.INTERNAL, "the pool has crashed: " + e), settings.pool());
    }
    return pending.future();
  }

  PoolReport report() {
    return new PoolReport(state, latency);
  }

  List<Worker> workers() {
    return List.copyOf(workers.values());
  }

  List<ToolInfo> tools() {
    return tools;
  }

  PoolState state() {
    return state;
  }

  // What is heard of workers.

  @Override
  public void ready(Worker worker, List<ToolInfo> offered) {
    tools = offered;
    perform(state.workerReady(worker.id(), System.nanoTime()), null);
  }

  @Override
  public void succeeded(Worker worker, long sequence, String contentType, Buffer body) {
    long now = System.nanoTime();
    perform(
        state.completed(worker.id(), sequence, null, now),
        ticket -> ticket.succeed(contentType, body, worker.id(), now));
  }

  @Override
  public void failed(Worker worker, long sequence, SnakepitException failure) {
    perform(
        state.completed(worker.id(), sequence, failure.code(), System.nanoTime()),
        ticket -> ticket.fail(failure.onWorker(worker.id()), settings.pool()));
  }

  @Override
  public void lost(Worker worker) {
    perform(state.workerLost(worker.id(), System.nanoTime()), null);
  }

  @Override
  public void ended(Worker worker, String reason, boolean asked) {
    workers.remove(worker.id());
    if (crashed) {
      return;
    }
    perform(state.workerEnded(worker.id(), reason, asked, System.nanoTime()), null);
  }

  /** How the workers' hearts beat; then, if asked for, each gets a ping. */
  Pulses beat(boolean ping) {
    List<Pulse> beats =
        workers.values().stream().map(Worker::pulse).filter(Objects::nonNull).toList();
    if (ping) {
      workers.values().forEach(Worker::ping);
    }
    return new Pulses(beats);
  }

  /** A worker's heart has stopped. */
  void hung(String worker, String reason) {
    perform(state.workerHung(worker, reason, System.nanoTime()), null);
  }

  // What is done about it.

  /** Hands the answer that has just arrived to the caller of a call. */
  @FunctionalInterface
  private interface Answer {
    void to(PendingCall call);
  }

  private void perform(List<PoolEffect> effects, @Nullable Answer answer) {
    for (PoolEffect effect : effects) {
      if (effect instanceof Dispatch dispatch) {
        dispatch(dispatch);
      } else if (effect instanceof Deliver deliver) {
        deliver((PendingCall) deliver.ticket(), answer);
      } else if (effect instanceof Refuse refuse) {
        refuse(refuse);
      } else if (effect instanceof StartWorker start) {
        startWorker(start);
      } else if (effect instanceof StopWorker stop) {
        stopWorker(stop.worker());
      } else if (effect instanceof KillWorker kill) {
        killWorker(kill);
      } else if (effect instanceof Announce announce) {
        announce(announce);
      } else if (effect instanceof PoolEffect.StartFailed failed) {
        started.tryFail(new SnakepitException(ErrorCode.POOL_UNAVAILABLE, failed.reason()));
      } else if (effect instanceof PoolEffect.Started) {
        started.tryComplete();
      } else {
        stopped.tryComplete();
      }
    }
    if (state.hasNextExpiry()) {
      wake.arm(state.nextExpiry(), System.nanoTime());
    }
  }

  private void dispatch(Dispatch dispatch) {
    Worker worker = workers.get(dispatch.worker());
    if (worker == null) {
      throw new IllegalStateException("no such worker: " + dispatch);
    }
    Ticket ticket = dispatch.ticket();
    Call call = ticket.call;
    io.snakepit.bridge.v1.Call header =
        io.snakepit.bridge.v1.Call.newBuilder()
            .setId(ticket.sequence)
            .setTool(call.tool())
            .setCall(ticket.id)
            .setSession(call.session())
            .setContentType(call.contentType())
            .setTimeoutMs(dispatch.remainingNanos() / NANOS_PER_MS)
            .build();
    worker.call(header, call.body());
  }

  private void deliver(PendingCall ticket, @Nullable Answer answer) {
    long now = System.nanoTime();
    latency.record(now - ticket.acceptedAt, now);
    if (answer == null) {
      throw new IllegalStateException("no answer is at hand for " + ticket);
    }
    answer.to(ticket);
  }

  private void refuse(Refuse refuse) {
    SnakepitException failure = new SnakepitException(refuse.code(), refuse.message());
    PendingCall ticket = (PendingCall) refuse.ticket();
    if (!refuse.worker().isEmpty()) {
      long now = System.nanoTime();
      latency.record(now - ticket.acceptedAt, now);
      failure = failure.onWorker(refuse.worker());
    }
    ticket.fail(failure, settings.pool());
  }

  private void startWorker(StartWorker start) {
    long delay = TimeUnit.NANOSECONDS.toMillis(start.delayNanos());
    if (delay == 0) {
      spawn(start.worker());
    } else {
      delayedStarts.put(start.worker(), vertx.setTimer(delay, due -> spawn(start.worker())));
    }
  }

  private void spawn(String id) {
    delayedStarts.remove(id);
    if (nursery == null) {
      throw new IllegalStateException("a worker can't be started before the nursery is open");
    }
    events.publish(Event.WORKER_STARTING, id, new JsonObject());
    workers.put(id, nursery.spawn(id, guarded));
  }

  private void stopWorker(String id) {
    Long delayed = delayedStarts.remove(id);
    if (delayed != null) {
      vertx.cancelTimer(delayed);
      perform(state.workerEnded(id, "was not needed any more", true, System.nanoTime()), null);
      return;
    }
    Worker worker = workers.get(id);
    if (worker != null) {
      events.publish(Event.WORKER_STOPPING, id, new JsonObject());
      worker.stop(settings.options().shutdown().termGraceMs());
    }
  }

  private void killWorker(KillWorker kill) {
    Worker worker = workers.get(kill.worker());
    if (worker != null) {
      events.publish(
          Event.WORKER_KILLED, kill.worker(), new JsonObject().put("reason", kill.reason()));
      worker.kill(kill.reason());
    }
  }

  private void announce(Announce announce) {
    JsonObject more = new JsonObject();
    if (!announce.reason().isEmpty()) {
      more.put("reason", announce.reason());
    }
    events.publish(announce.event(), announce.worker(), more);
  }
}
