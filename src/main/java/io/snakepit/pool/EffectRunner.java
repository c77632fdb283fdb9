package io.snakepit.pool;

import io.snakepit.api.ErrorCode;
import io.snakepit.api.Event;
import io.snakepit.api.SnakepitException;
import io.snakepit.bus.EventPublisher;
import io.snakepit.pool.CallEffects.Answer;
import io.snakepit.pool.machine.PoolEffect;
import io.snakepit.pool.machine.PoolEffect.CallVisitor;
import io.snakepit.pool.machine.PoolEffect.PoolVisitor;
import io.snakepit.pool.machine.PoolEffect.StreamVisitor;
import io.snakepit.pool.machine.PoolEffect.WorkerVisitor;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Carries out what the machine has decided, in the order in which it has: with {@link CallEffects}
 * and {@link WorkerEffects} the one place where a pool acts on the world. For the pool's event loop
 * alone.
 */
final class EffectRunner implements PoolEffect.Visitor, PoolVisitor {
  private final EventPublisher events;
  private final CallEffects calls;
  private final WorkerEffects workers;
  private final Promise<Void> started = Promise.promise();
  private final Promise<Void> stopped = Promise.promise();

  /** Effects that those being performed have caused: they come behind these. */
  private final Queue<Caused> caused = new ArrayDeque<>();

  private boolean performing;

  private record Caused(List<PoolEffect> effects, @Nullable Answer answer) {}

  EffectRunner(EventPublisher events, CallEffects calls, WorkerEffects workers) {
    this.events = events;
    this.calls = calls;
    this.workers = workers;
  }

  /**
   * Performs effects in order, and then those that they have caused. Called while effects are being
   * performed, it puts these behind them and returns.
   *
   * @param answer what a worker has just said, for the effect that hands it on; null if none has
   */
  void perform(List<PoolEffect> effects, @Nullable Answer answer) {
    if (performing) {
      caused.add(new Caused(effects, answer));
      return;
    }
    performing = true;
    try {
      performAll(effects, answer);
      for (Caused next = caused.poll(); next != null; next = caused.poll()) {
        performAll(next.effects, next.answer);
      }
    } finally {
      performing = false;
      calls.atHand(null);
    }
  }

  private void performAll(List<PoolEffect> effects, @Nullable Answer answer) {
    calls.atHand(answer);
    performFrom(0, effects);
  }

  /** Performs those behind one that fails, too: there may be callers' answers among them. */
  private void performFrom(int first, List<PoolEffect> effects) {
    int next = first;
    try {
      while (next < effects.size()) {
        effects.get(next++).accept(this);
      }
    } finally {
      if (next < effects.size()) {
        performFrom(next, effects);
      }
    }
  }

  /** Completes once every worker is ready, or fails. */
  Future<Void> started() {
    return started.future();
  }

  /** Fails the start, if it is not over. */
  void failStart(ErrorCode code, String reason) {
    started.tryFail(new SnakepitException(code, reason));
  }

  /** Completes once no worker is left. */
  Future<Void> stopped() {
    return stopped.future();
  }

  /** Ends the stop, though workers may be left. */
  void endStop() {
    stopped.tryComplete();
  }

  @Override
  public CallVisitor calls() {
    return calls;
  }

  @Override
  public StreamVisitor streams() {
    return calls;
  }

  @Override
  public WorkerVisitor workers() {
    return workers;
  }

  @Override
  public PoolVisitor pool() {
    return this;
  }

  @Override
  public void announce(PoolEffect.Announce effect) {
    JsonObject more = new JsonObject();
    if (!effect.detail().isEmpty()) {
      more.put(subject(effect.event()), effect.detail());
    }
    if (effect.event() == Event.POOL_SPAWN_FALLBACK) {
      more.put("reasons", new JsonArray().add(effect.detail()));
    }
    events.publish(effect.event(), effect.worker(), more);
  }

  /** Returns what an event's detail is. */
  private static String subject(Event event) {
    return switch (event) {
      case CALL_TIMEOUT, CALL_CANCELLED, QUEUE_TIMEOUT -> "call";
      case SESSION_REHOMED -> "session";
      default -> "reason";
    };
  }

  @Override
  public void started(PoolEffect.Started effect) {
    started.tryComplete();
  }

  @Override
  public void startFailed(PoolEffect.StartFailed effect) {
    failStart(ErrorCode.POOL_UNAVAILABLE, effect.reason());
  }

  @Override
  public void stopped(PoolEffect.Stopped effect) {
    endStop();
  }
}
