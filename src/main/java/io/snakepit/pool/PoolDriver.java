package io.snakepit.pool;

import io.snakepit.api.Call;
import io.snakepit.api.Chunk;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.Event;
import io.snakepit.api.Result;
import io.snakepit.api.SnakepitException;
import io.snakepit.api.ToolInfo;
import io.snakepit.bus.EventPublisher;
import io.snakepit.bus.Pulse;
import io.snakepit.bus.Pulses;
import io.snakepit.config.PoolOptions;
import io.snakepit.pool.EffectRunner.Answer;
import io.snakepit.pool.machine.BatchRule;
import io.snakepit.pool.machine.Flow;
import io.snakepit.pool.machine.NextDue;
import io.snakepit.pool.machine.PoolEffect;
import io.snakepit.pool.machine.PoolLimits;
import io.snakepit.pool.machine.PoolOrders;
import io.snakepit.pool.machine.PoolPhase;
import io.snakepit.pool.machine.PoolState;
import io.snakepit.pool.machine.WorkerMessages;
import io.snakepit.worker.Nursery;
import io.snakepit.worker.NurserySettings;
import io.snakepit.worker.Worker;
import io.snakepit.worker.WorkerListener;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives one pool's machine: tells {@link PoolState} what happens, and has {@link EffectRunner}
 * carry out what it answers. It decides nothing. For the pool's event loop alone.
 */
final class PoolDriver implements WorkerListener {
  private static final Logger LOG = LoggerFactory.getLogger(PoolDriver.class);

  private final Context home;
  private final Vertx vertx;
  private final NurserySettings settings;
  private final EventPublisher events;
  private final PoolLimits limits;
  private final PoolState state;
  private final PoolOrders orders;
  private final WorkerMessages messages;
  private final EffectRunner runner;
  private final Consumer<Throwable> whenCrashed;
  private final WakeTimer wake;
  private final GeneratedCallIds ids = new GeneratedCallIds();
  private List<ToolInfo> tools = List.of();
  private volatile Set<String> uploads = Set.of();
  private Future<Nursery> opening = Future.failedFuture("not started");
  private boolean crashed;

  /**
   * @param home the pool's context
   * @param whenCrashed told once, if the machine turns out to be broken
   */
  PoolDriver(
      Context home,
      NurserySettings settings,
      EventPublisher events,
      Consumer<Throwable> whenCrashed) {
    this.home = home;
    this.vertx = home.owner();
    this.whenCrashed = whenCrashed;
    this.settings = settings;
    this.events = events;
    this.limits = ConfiguredLimits.of(settings.pool(), settings.options(), settings.maxSessions());
    this.state = new PoolState(limits, new SplittableRandom());
    this.orders = state.orders();
    this.messages = state.messages();
    this.wake = new WakeTimer(vertx, this::expire);
    WorkerListener guarded = new GuardedListener(this, this::crash);
    this.runner =
        new EffectRunner(vertx, settings, events, guarded, this::neverStarted, this::cancel);
  }

  private void expire() {
    guarded(() -> perform(state.expire(System.nanoTime()), null));
  }

  /** Starts the workers; completes when all are ready, or one of them could not be. */
  Future<Void> start() {
    opening = Nursery.open(vertx, settings, this::announceFallback);
    opening.onSuccess(this::populate).onFailure(this::notOpened);
    return runner.started().future();
  }

  private void populate(Nursery opened) {
    runner.startIn(opened);
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
    runner
        .started()
        .tryFail(new SnakepitException(ErrorCode.SHUTTING_DOWN, "the pool was stopped"));
    return runner.stopped().future().compose(done -> end());
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
    runner.cancelDelayedStarts();
    runner.started().tryFail(new SnakepitException(ErrorCode.POOL_UNAVAILABLE, reason));
    runner.stopped().tryComplete();
    whenCrashed.accept(why);
  }

  /** Runs a call; the future completes on the pool's event loop. */
  Future<Result> execute(Call call) {
    PendingCall pending = new PendingCall(call, idOf(call), System.nanoTime(), home);
    submit(pending);
    return pending.future();
  }

  /**
   * Runs a call whose answer comes in pieces.
   *
   * @param acceptedAt when its caller has made it
   * @param stream gets the pieces and the end
   */
  PendingStream stream(Call call, long acceptedAt, CallStream stream) {
    PoolOptions.Stream window = settings.options().stream();
    Flow flow = new Flow(window.windowChunks(), window.windowBytes());
    PendingStream pending = new PendingStream(call, idOf(call), acceptedAt, flow, home, stream);
    submit(pending);
    return pending;
  }

  private String idOf(Call call) {
    return call.id().isEmpty() ? ids.next() : call.id();
  }

  private void submit(PendingCall pending) {
    try {
      perform(state.submit(pending, pending.acceptedAt), null);
    } catch (RuntimeException e) {
      crash(e);
      pending.fail(
          new SnakepitException(ErrorCode.INTERNAL, "the pool has crashed: " + e), settings.pool());
    }
  }

  /** The consumer of a stream has taken so much. */
  void taken(PendingStream stream, int chunks, long bytes) {
    guarded(() -> perform(state.taken(stream, chunks, bytes, System.nanoTime()), null));
  }

  /** Whoever waits for a call wants no more of it. */
  void cancel(PendingCall call) {
    guarded(() -> perform(state.cancel(call, System.nanoTime()), null));
  }

  private void guarded(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException e) {
      crash(e);
    }
  }

  /** Cancels a call. Answers whether it was under way. */
  boolean cancel(String call) {
    List<PoolEffect> effects = state.cancel(call, System.nanoTime());
    perform(effects, null);
    return !effects.isEmpty();
  }

  // What operators want.

  /** Takes no more calls, until {@link #resume}. Throws {@link SnakepitException}. */
  void drain() {
    orders.drain();
  }

  void resume() {
    orders.resume();
  }

  void resize(PoolLimits.Size size) {
    perform(orders.resize(size, System.nanoTime()), null);
  }

  void roll() {
    perform(orders.roll(), null);
  }

  /** Replaces a worker. Answers whether there is one of that name. */
  boolean recycle(String worker) {
    return order(worker, () -> orders.recycle(worker));
  }

  /** Kills a worker. Answers whether there is one of that name. */
  boolean kill(String worker) {
    return order(worker, () -> orders.kill(worker, System.nanoTime()));
  }

  private boolean order(String worker, Supplier<List<PoolEffect>> order) {
    if (state.worker(worker) == null) {
      return false;
    }
    perform(order.get(), null);
    return true;
  }

  PoolReport report() {
    String profile = settings.options().profile().name().toLowerCase(Locale.ROOT);
    return new PoolReport(limits, state, profile, runner.times());
  }

  List<Worker> workers() {
    return List.copyOf(runner.workers());
  }

  List<ToolInfo> tools() {
    return tools;
  }

  /** Whether a tool reads its arguments as they come, as far as is known. Any thread. */
  boolean takesUpload(String tool) {
    return uploads.contains(tool);
  }

  // What is heard of workers.

  @Override
  public void ready(Worker worker, List<ToolInfo> offered) {
    tools = offered;
    uploads =
        offered.stream()
            .filter(ToolInfo::upload)
            .map(ToolInfo::name)
            .collect(Collectors.toUnmodifiableSet());
    List<BatchRule> rules =
        offered.stream().filter(ToolInfo::isBatched).map(PoolDriver::batchRule).toList();
    perform(state.workerReady(worker.id(), rules, System.nanoTime()), null);
  }

  private static BatchRule batchRule(ToolInfo tool) {
    long waitNanos = TimeUnit.MILLISECONDS.toNanos(tool.batch().waitMs());
    return new BatchRule(tool.name(), tool.batch().size(), waitNanos);
  }

  @Override
  public void succeeded(
      Worker worker, long sequence, String contentType, Buffer body, long residentBytes) {
    long now = System.nanoTime();
    perform(
        messages.completed(worker.id(), sequence, null, residentBytes, now),
        ticket -> ticket.succeed(contentType, body, worker.id(), now));
  }

  @Override
  public void failed(Worker worker, long sequence, SnakepitException failure, long residentBytes) {
    perform(
        messages.completed(worker.id(), sequence, failure.code(), residentBytes, System.nanoTime()),
        ticket -> ticket.answerFailure(failure.onWorker(worker.id()), settings.pool()));
  }

  @Override
  public void yielded(Worker worker, long sequence, Chunk chunk) {
    perform(
        messages.chunk(worker.id(), sequence, chunk.bytes().length(), System.nanoTime()),
        ticket -> ((PendingStream) ticket).pass(chunk));
  }

  @Override
  public void blocked(Worker worker, long sequence) {
    perform(messages.blocked(worker.id(), sequence, System.nanoTime()), null);
  }

  @Override
  public void took(Worker worker, long sequence, long bytes) {
    long now = System.nanoTime();
    perform(
        messages.argumentsTaken(worker.id(), sequence, now),
        ticket -> {
          if (!ticket.argumentsTaken(bytes)) {
            perform(messages.tookTooMuch(worker.id(), ticket, bytes, now), null);
          }
        });
  }

  @Override
  public void holds(Worker worker, long residentBytes) {
    perform(state.workerHolds(worker.id(), residentBytes), null);
  }

  @Override
  public void lost(Worker worker, boolean unread) {
    perform(state.workerLost(worker.id(), unread, System.nanoTime()), null);
  }

  @Override
  public void ended(Worker worker, String reason, boolean asked) {
    runner.forget(worker.id());
    if (crashed) {
      return;
    }
    perform(state.workerEnded(worker.id(), reason, asked, System.nanoTime()), null);
  }

  private void neverStarted(String worker) {
    perform(state.workerEnded(worker, "was not needed any more", true, System.nanoTime()), null);
  }

  /** How the workers' hearts beat; then, if asked for, each gets a ping. */
  Pulses beat(boolean ping) {
    List<Pulse> beats =
        runner.workers().stream().map(Worker::pulse).filter(Objects::nonNull).toList();
    if (ping) {
      runner.workers().forEach(Worker::ping);
    }
    return new Pulses(beats);
  }

  /** A worker's heart has stopped. */
  void hung(String worker, String reason) {
    perform(state.workerHung(worker, reason, System.nanoTime()), null);
  }

  private void perform(List<PoolEffect> effects, @Nullable Answer answer) {
    runner.perform(effects, answer);
    NextDue next = state.next();
    if (next.exists()) {
      wake.arm(next.at(), System.nanoTime());
    }
  }
}
