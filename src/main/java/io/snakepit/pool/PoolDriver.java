package io.snakepit.pool;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.Faults;
import io.snakepit.api.Result;
import io.snakepit.api.SnakepitException;
import io.snakepit.api.ToolInfo;
import io.snakepit.api.WorkerEnd;
import io.snakepit.api.waiting.ByteAccount;
import io.snakepit.bus.EventPublisher;
import io.snakepit.bus.Pulses;
import io.snakepit.config.PoolOptions;
import io.snakepit.pool.CallEffects.Answer;
import io.snakepit.pool.machine.Flow;
import io.snakepit.pool.machine.NextDue;
import io.snakepit.pool.machine.PoolEffect;
import io.snakepit.pool.machine.PoolLimits;
import io.snakepit.pool.machine.PoolOrders;
import io.snakepit.pool.machine.PoolPhase;
import io.snakepit.pool.machine.PoolState;
import io.snakepit.pool.machine.Ticket;
import io.snakepit.pool.machine.WorkerStatus;
import io.snakepit.worker.Nursery;
import io.snakepit.worker.NurserySettings;
import io.snakepit.worker.Worker;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives one pool's machine: tells {@link PoolState} what happens, and has {@link EffectRunner}
 * carry out what it answers. It decides nothing. For the pool's event loop alone.
 */
final class PoolDriver implements StreamSource.Pool {
  private static final Logger LOG = LoggerFactory.getLogger(PoolDriver.class);

  private final Context home;
  private final Vertx vertx;
  private final NurserySettings settings;
  private final EventPublisher events;
  private final PoolLimits limits;
  private final PoolState state;
  private final WorkerEffects workers;
  private final CallEffects calls;
  private final EffectRunner runner;
  private final WorkerEvents heard;
  private final Consumer<Throwable> whenCrashed;
  private final WakeTimer wake;
  private final GeneratedCallIds ids = new GeneratedCallIds();
  private Future<Nursery> opening = Future.failedFuture("not started");
  private boolean crashed;

  /**
   * @param home the pool's context
   * @param answers counts the pool's large answers
   * @param whenCrashed told once, if the machine turns out to be broken
   */
  PoolDriver(
      Context home,
      NurserySettings settings,
      ByteAccount answers,
      EventPublisher events,
      Consumer<Throwable> whenCrashed) {
    this.home = home;
    this.vertx = home.owner();
    this.whenCrashed = whenCrashed;
    this.settings = settings;
    this.events = events;
    this.limits = ConfiguredLimits.of(settings.pool(), settings.options(), settings.sessions());
    this.state = new PoolState(limits, new SplittableRandom());
    this.wake = new WakeTimer(vertx, this::expire);
    long termGraceMs = settings.options().shutdown().termGraceMs();
    this.workers = new WorkerEffects(vertx, events, termGraceMs, this::neverStarted);
    AnswerIntake intake = new AnswerIntake(answers, home);
    this.calls = new CallEffects(settings, workers, intake, this::cancel);
    this.runner = new EffectRunner(events, calls, workers);
    this.heard =
        new WorkerEvents(settings.pool(), state, workers, intake, this::perform, () -> crashed);
  }

  private void expire() {
    guarded(() -> perform(state.expire(System.nanoTime()), null));
  }

  /** Starts the workers; completes when all are ready, or one of them could not be. */
  Future<Void> start() {
    opening = Nursery.open(vertx, settings, new ForkEvents(events, state::spawns));
    opening.onSuccess(this::populate).onFailure(this::notOpened);
    return runner.started();
  }

  private void populate(Nursery opened) {
    workers.startIn(opened, new GuardedListener(heard, this::crash));
    if (state.phase() == PoolPhase.STARTING) {
      perform(state.start(), null);
    }
  }

  private void notOpened(Throwable failure) {
    if (state.phase() == PoolPhase.STARTING) {
      perform(state.failStart(String.valueOf(failure.getMessage())), null);
    }
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
    runner.failStart(ErrorCode.SHUTTING_DOWN, "the pool was stopped");
    return runner.stopped().compose(done -> end());
  }

  private Future<Void> end() {
    return opening
        .compose(Nursery::close, neverOpened -> Future.succeededFuture())
        .onComplete(done -> wake.cancel());
  }

  /**
   * Gives up the pool, whose machine is broken so that nobody knows what it would do next: answers
   * every caller, and does nothing more than to be replaced.
   */
  void crash(Throwable why) {
    if (crashed) {
      return;
    }
    LOG.error("pool {} has crashed", settings.pool(), why);
    giveUp("pool " + settings.pool() + " has crashed and is started anew: " + why);
    whenCrashed.accept(why);
  }

  /** Gives up the pool for good, and answers its callers {@code INTERNAL}. */
  void abandon(String why) {
    calls.abandon();
    if (!crashed) {
      giveUp("pool " + settings.pool() + " is ended: " + why);
    }
  }

  private void giveUp(String reason) {
    crashed = true;
    try {
      perform(state.abort(reason), null);
    } catch (Throwable worse) {
      LOG.error("pool {}: not every caller could be answered", settings.pool(), worse);
    }
    workers.cancelDelayedStarts();
    runner.failStart(ErrorCode.POOL_UNAVAILABLE, reason);
    runner.endStop();
  }

  /** Runs a call; the future completes on the pool's event loop. */
  Future<Result> execute(Call call) {
    String id = idOf(call);
    long now = System.nanoTime();
    PendingCall pending = new PendingCall(call, id, now, home);
    Ticket ticket = new Ticket(call, id, now, pending);
    if (isFit(ticket)) {
      submit(ticket);
    }
    return pending.future();
  }

  /**
   * Runs a call whose answer comes in pieces.
   *
   * @param acceptedAt when its caller has made it
   * @param stream gets the pieces and the end
   */
  @Override
  public Ticket stream(Call call, long acceptedAt, CallStream stream) {
    String id = idOf(call);
    PoolOptions.Stream window = settings.options().stream();
    Flow flow = new Flow(window.windowChunks(), window.windowBytes());
    PendingStream pending = new PendingStream(call, id, acceptedAt, flow, home, stream);
    Ticket ticket = new Ticket(call, id, acceptedAt, flow, pending);
    if (isFit(ticket)) {
      submit(ticket);
    }
    return ticket;
  }

  /**
   * Returns whether a call can be sent to a worker as it is; the caller of one that can't knows.
   */
  private boolean isFit(Ticket ticket) {
    SnakepitException unfit = calls.unfit(ticket.call);
    if (unfit != null) {
      refuse(ticket, unfit);
    }
    return unfit == null;
  }

  private void refuse(Ticket ticket, SnakepitException why) {
    ticket.caller.fail(CallEffects.named(why, ticket, settings.pool()));
  }

  private String idOf(Call call) {
    return call.id().isEmpty() ? ids.next() : call.id();
  }

  private void submit(Ticket ticket) {
    try {
      perform(state.submit(ticket, ticket.acceptedAt), null);
    } catch (Throwable thrown) {
      crash(thrown);
      refuse(ticket, new SnakepitException(ErrorCode.INTERNAL, "the pool has crashed: " + thrown));
      Faults.throwIfFatal(thrown);
    }
  }

  /** The consumer of a stream has taken so much. */
  @Override
  public void taken(Ticket stream, int chunks, long bytes) {
    guarded(() -> perform(state.taken(stream, chunks, bytes, System.nanoTime()), null));
  }

  /** Cancels a call on behalf of its caller. */
  @Override
  public void cancel(Ticket call) {
    guarded(() -> perform(state.cancel(call, System.nanoTime()), null));
  }

  private void guarded(Runnable step) {
    try {
      step.run();
    } catch (Throwable thrown) {
      crash(thrown);
      Faults.throwIfFatal(thrown);
    }
  }

  /** Cancels a call. Answers whether it was under way. */
  boolean cancel(String call) {
    List<PoolEffect> effects = new ArrayList<>();
    guarded(
        () -> {
          effects.addAll(state.cancel(call, System.nanoTime()));
          perform(effects, null);
        });
    return !effects.isEmpty();
  }

  /**
   * Carries out an operator's order.
   *
   * @throws SnakepitException that says why it can't be done now; then nothing has changed
   */
  void order(Function<PoolOrders, List<PoolEffect>> order) {
    perform(order.apply(state.orders()), null);
  }

  /** Carries out an order about one worker. Returns whether there is one of that name. */
  boolean order(String worker, Function<PoolOrders, List<PoolEffect>> order) {
    boolean known = state.worker(worker) != null;
    if (known) {
      order(order);
    }
    return known;
  }

  PoolReport report() {
    String profile = settings.options().profile().name().toLowerCase(Locale.ROOT);
    return new PoolReport(limits, state, profile, calls.times());
  }

  List<Worker> workers() {
    return List.copyOf(workers.all());
  }

  List<ToolInfo> tools() {
    return heard.tools();
  }

  /** Returns whether a tool reads its arguments as they come, as far as is known. Any thread. */
  boolean takesUpload(String tool) {
    return heard.takesUpload(tool);
  }

  // What is heard of workers, besides what they say.

  private void neverStarted(String worker) {
    String why = "was not needed any more";
    perform(state.workerEnded(worker, why, WorkerEnd.ASKED, System.nanoTime()), null);
  }

  /** Returns the workers' pulses, and then, if asked for, pings each worker. */
  Pulses beat(boolean ping) {
    Pulses beats = workers.pulses(this::isInTime);
    if (ping) {
      workers.ping();
    }
    return beats;
  }

  private boolean isInTime(String worker) {
    WorkerStatus status = state.worker(worker);
    return status != null && status.inTime();
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
