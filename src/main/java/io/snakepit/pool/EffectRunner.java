package io.snakepit.pool;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.Event;
import io.snakepit.api.SnakepitException;
import io.snakepit.bridge.DispatchedCall;
import io.snakepit.bridge.DispatchedCall.Windows;
import io.snakepit.bus.EventPublisher;
import io.snakepit.config.PoolOptions;
import io.snakepit.pool.machine.PoolEffect;
import io.snakepit.pool.machine.PoolEffect.Announce;
import io.snakepit.pool.machine.PoolEffect.Deliver;
import io.snakepit.pool.machine.PoolEffect.Dispatch;
import io.snakepit.pool.machine.PoolEffect.KillWorker;
import io.snakepit.pool.machine.PoolEffect.Refuse;
import io.snakepit.pool.machine.PoolEffect.StartWorker;
import io.snakepit.pool.machine.PoolState;
import io.snakepit.pool.machine.Ticket;
import io.snakepit.worker.Nursery;
import io.snakepit.worker.NurserySettings;
import io.snakepit.worker.Worker;
import io.snakepit.worker.WorkerListener;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Carries out what {@link PoolState} has decided: the one place where a pool acts on the world. For
 * the pool's event loop alone.
 */
final class EffectRunner {
  private final Vertx vertx;
  private final NurserySettings settings;
  private final EventPublisher events;
  private final WorkerListener listener;
  private final Consumer<String> neverStarted;
  private final Consumer<PendingCall> uploadBroken;
  private final PoolOptions.Stream stream;
  private final CallTimes times = new CallTimes(System.nanoTime());
  private final Map<String, Worker> workers = new LinkedHashMap<>();
  private final Map<String, Long> delayedStarts = new LinkedHashMap<>();
  private final Promise<Void> started = Promise.promise();
  private final Promise<Void> stopped = Promise.promise();
  private @Nullable Nursery nursery;

  /** Hands the answer that has just arrived to the caller of a call. */
  @FunctionalInterface
  interface Answer {
    void to(PendingCall call);
  }

  /**
   * @param listener hears of the workers that are started here
   * @param neverStarted told the name of a worker that was to start later and now is not to
   * @param uploadBroken told a call whose arguments will not come to their end
   */
  EffectRunner(
      Vertx vertx,
      NurserySettings settings,
      EventPublisher events,
      WorkerListener listener,
      Consumer<String> neverStarted,
      Consumer<PendingCall> uploadBroken) {
    this.vertx = vertx;
    this.settings = settings;
    this.events = events;
    this.listener = listener;
    this.neverStarted = neverStarted;
    this.uploadBroken = uploadBroken;
    this.stream = settings.options().stream();
  }

  /** Where workers can be started from now on. */
  void startIn(Nursery opened) {
    nursery = opened;
  }

  /** Completes once every worker is ready, or fails. */
  Promise<Void> started() {
    return started;
  }

  /** Completes once no worker is left. */
  Promise<Void> stopped() {
    return stopped;
  }

  CallTimes times() {
    return times;
  }

  Collection<Worker> workers() {
    return workers.values();
  }

  /** A worker is gone. */
  void forget(String worker) {
    workers.remove(worker);
  }

  /** Starts nothing more that was to start later. */
  void cancelDelayedStarts() {
    delayedStarts.values().forEach(vertx::cancelTimer);
  }

  /**
   * Does it all, in order.
   *
   * @param answer what a worker has just said, for the effect that delivers it; null if nobody has
   */
  void perform(List<PoolEffect> effects, @Nullable Answer answer) {
    for (PoolEffect effect : effects) {
      if (effect instanceof Dispatch dispatch) {
        dispatch(dispatch);
      } else if (effect instanceof Deliver deliver) {
        deliver((PendingCall) deliver.ticket(), answer);
      } else if (effect instanceof Refuse refuse) {
        refuse(refuse);
      } else if (effect instanceof PoolEffect.CancelCall cancel) {
        worker(cancel.worker()).cancel(cancel.sequence());
      } else if (effect instanceof PoolEffect.PassOn passOn) {
        hand(passOn.ticket(), answer);
      } else if (effect instanceof PoolEffect.Grant grant) {
        worker(grant.worker()).credit(grant.sequence(), grant.chunks(), grant.bytes());
      } else if (effect instanceof Announce announce) {
        announce(announce);
      } else if (!flow(effect, answer)) {
        manage(effect);
      }
    }
  }

  /** What streams and uploads need besides. Answers whether it was that. */
  private boolean flow(PoolEffect effect, @Nullable Answer answer) {
    if (effect instanceof PoolEffect.Finish finish) {
      ((PendingStream) finish.ticket()).finish();
    } else if (effect instanceof PoolEffect.Hurry hurry) {
      ((PendingStream) hurry.ticket()).hurry();
    } else if (effect instanceof PoolEffect.Hold hold) {
      PendingStream stream = (PendingStream) hold.last().ticket();
      times.answered(stream, System.nanoTime());
      stream.hold(explain(hold.last()), settings.pool());
    } else if (effect instanceof PoolEffect.Refill refill) {
      hand(refill.ticket(), answer);
    } else {
      return false;
    }
    return true;
  }

  /** The rarer ones. */
  private void manage(PoolEffect effect) {
    if (effect instanceof StartWorker start) {
      startWorker(start);
    } else if (effect instanceof PoolEffect.StopWorker stop) {
      stopWorker(stop.worker());
    } else if (effect instanceof KillWorker kill) {
      killWorker(kill);
    } else if (effect instanceof PoolEffect.ImportAnew) {
      nursery().importAnew();
    } else if (effect instanceof PoolEffect.StartFailed failed) {
      started.tryFail(new SnakepitException(ErrorCode.POOL_UNAVAILABLE, failed.reason()));
    } else if (effect instanceof PoolEffect.Started) {
      started.tryComplete();
    } else {
      stopped.tryComplete();
    }
  }

  private void dispatch(Dispatch dispatch) {
    Ticket ticket = dispatch.ticket();
    Call call = ticket.call;
    Worker worker = worker(dispatch.worker());
    worker.call(
        new DispatchedCall(
            ticket.sequence,
            ticket.id,
            call,
            dispatch.remainingNanos(),
            dispatch.batch(),
            windows(ticket)));
    if (call.upload() != null) {
      PendingCall pending = (PendingCall) ticket;
      pending.upload(worker, stream.windowBytes(), () -> uploadBroken.accept(pending));
    }
  }

  /** Returns how much of a call's answer and arguments may be under way at first. */
  private Windows windows(Ticket ticket) {
    long uploadBytes = ticket.call.upload() == null ? 0 : stream.windowBytes();
    if (ticket.flow != null) {
      return new Windows(ticket.flow.windowChunks(), ticket.flow.windowBytes(), uploadBytes);
    }
    return uploadBytes == 0 ? Windows.NONE : new Windows(0, 0, uploadBytes);
  }

  private Worker worker(String id) {
    Worker worker = workers.get(id);
    if (worker == null) {
      throw new IllegalStateException("no such worker: " + id);
    }
    return worker;
  }

  private void deliver(PendingCall ticket, @Nullable Answer answer) {
    times.answered(ticket, System.nanoTime());
    hand(ticket, answer);
  }

  private static void hand(Ticket ticket, @Nullable Answer answer) {
    if (answer == null) {
      throw new IllegalStateException("no answer is at hand for " + ticket);
    }
    answer.to((PendingCall) ticket);
  }

  private void refuse(Refuse refuse) {
    PendingCall ticket = (PendingCall) refuse.ticket();
    if (!refuse.worker().isEmpty()) {
      times.answered(ticket, System.nanoTime());
    }
    ticket.fail(explain(refuse), settings.pool());
  }

  private static SnakepitException explain(Refuse refuse) {
    SnakepitException failure = new SnakepitException(refuse.code(), refuse.message());
    if (!refuse.worker().isEmpty()) {
      failure = failure.onWorker(refuse.worker());
    }
    if (refuse.retryAfterNanos() > 0) {
      long retryAfterMs = Math.max(1, TimeUnit.NANOSECONDS.toMillis(refuse.retryAfterNanos()));
      failure = failure.withRetryAfterMs(retryAfterMs);
    }
    return failure;
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
    events.publish(Event.WORKER_STARTING, id, new JsonObject());
    workers.put(id, nursery().spawn(id, listener));
  }

  private Nursery nursery() {
    if (nursery == null) {
      throw new IllegalStateException("a worker can't be started before the nursery is open");
    }
    return nursery;
  }

  private void stopWorker(String id) {
    Worker worker = workers.get(id);
    if (worker != null) {
      events.publish(Event.WORKER_STOPPING, id, new JsonObject());
      worker.stop(settings.options().shutdown().termGraceMs());
    } else {
      cancelStart(id);
    }
  }

  private void cancelStart(String id) {
    Long delayed = delayedStarts.remove(id);
    if (delayed != null) {
      vertx.cancelTimer(delayed);
      neverStarted.accept(id);
    }
  }

  private void killWorker(KillWorker kill) {
    Worker worker = workers.get(kill.worker());
    if (worker == null) {
      cancelStart(kill.worker());
      return;
    }
    events.publish(
        Event.WORKER_KILLED, kill.worker(), new JsonObject().put("reason", kill.reason()));
    worker.kill(kill.reason(), kill.stacks());
  }

  private void announce(Announce announce) {
    JsonObject more = new JsonObject();
    if (!announce.detail().isEmpty()) {
      more.put(subject(announce.event()), announce.detail());
    }
    events.publish(announce.event(), announce.worker(), more);
  }

  /** What an event's detail is. */
  private static String subject(Event event) {
    return switch (event) {
      case CALL_TIMEOUT, CALL_CANCELLED, QUEUE_TIMEOUT -> "call";
      case SESSION_REHOMED -> "session";
      default -> "reason";
    };
  }
}
