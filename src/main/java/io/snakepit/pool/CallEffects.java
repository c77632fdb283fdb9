package io.snakepit.pool;

import io.snakepit.api.Call;
import io.snakepit.api.SnakepitException;
import io.snakepit.bridge.DispatchedCall;
import io.snakepit.bridge.DispatchedCall.Windows;
import io.snakepit.config.PoolOptions;
import io.snakepit.pool.machine.PoolEffect;
import io.snakepit.pool.machine.PoolEffect.Dispatch;
import io.snakepit.pool.machine.PoolEffect.Refuse;
import io.snakepit.pool.machine.Ticket;
import io.snakepit.worker.NurserySettings;
import io.snakepit.worker.Worker;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Carries out effects on calls: sends them to workers, and answers their callers. */
final class CallEffects implements PoolEffect.CallVisitor, PoolEffect.StreamVisitor {
  private final String pool;
  private final PoolOptions.Stream stream;
  private final WorkerEffects workers;
  private final Consumer<Ticket> uploadBroken;
  private final CallTimes times = new CallTimes(System.nanoTime());
  private @Nullable Answer atHand;

  /** Hands what a worker has just said of a call to the call's caller. */
  @FunctionalInterface
  interface Answer {
    void to(Ticket ticket);
  }

  /**
   * @param workers that calls are sent to
   * @param uploadBroken told of a call whose arguments will not come to their end
   */
  CallEffects(NurserySettings settings, WorkerEffects workers, Consumer<Ticket> uploadBroken) {
    this.pool = settings.pool();
    this.stream = settings.options().stream();
    this.workers = workers;
    this.uploadBroken = uploadBroken;
  }

  /** Sets what a worker has just said, for the effects that hand it on; null if none has. */
  void atHand(@Nullable Answer answer) {
    atHand = answer;
  }

  CallTimes times() {
    return times;
  }

  @Override
  public void dispatch(Dispatch effect) {
    Ticket ticket = effect.ticket();
    Call call = ticket.call;
    Worker worker = workers.get(effect.worker());
    worker.call(
        new DispatchedCall(
            ticket.sequence(),
            ticket.id,
            call,
            effect.remainingNanos(),
            effect.batch(),
            windows(ticket)));
    if (call.upload() != null) {
      long sequence = ticket.sequence();
      ticket.caller.upload(
          (bytes, last) -> worker.part(sequence, bytes, last),
          stream.windowBytes(),
          () -> uploadBroken.accept(ticket));
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

  @Override
  public void cancelCall(PoolEffect.CancelCall effect) {
    workers.get(effect.worker()).cancel(effect.sequence());
  }

  @Override
  public void deliver(PoolEffect.Deliver effect) {
    times.answered(effect.ticket(), System.nanoTime());
    handOn(effect.ticket());
  }

  @Override
  public void passOn(PoolEffect.PassOn effect) {
    handOn(effect.ticket());
  }

  @Override
  public void refill(PoolEffect.Refill effect) {
    handOn(effect.ticket());
  }

  private void handOn(Ticket ticket) {
    if (atHand == null) {
      throw new IllegalStateException("no answer is at hand for " + ticket);
    }
    atHand.to(ticket);
  }

  @Override
  public void refuse(Refuse effect) {
    Ticket ticket = effect.ticket();
    if (!effect.worker().isEmpty()) {
      times.answered(ticket, System.nanoTime());
    }
    ticket.caller.fail(explain(effect));
  }

  private SnakepitException explain(Refuse effect) {
    SnakepitException failure = new SnakepitException(effect.code(), effect.message());
    if (!effect.worker().isEmpty()) {
      failure = failure.onWorker(effect.worker());
    }
    if (effect.retryAfterNanos() > 0) {
      long retryAfterMs = Math.max(1, TimeUnit.NANOSECONDS.toMillis(effect.retryAfterNanos()));
      failure = failure.withRetryAfterMs(retryAfterMs);
    }
    return named(failure, effect.ticket(), pool);
  }

  /** Returns a failure that says which call of which pool it is of. */
  static SnakepitException named(SnakepitException failure, Ticket ticket, String pool) {
    String session = ticket.call.session();
    return failure.forCall(ticket.id, pool, session.isEmpty() ? null : session);
  }

  @Override
  public void grant(PoolEffect.Grant effect) {
    Worker worker = workers.get(effect.worker());
    worker.credit(effect.sequence(), effect.chunks(), effect.bytes());
  }

  @Override
  public void hurry(PoolEffect.Hurry effect) {
    effect.ticket().consumer().hurry();
  }

  @Override
  public void hold(PoolEffect.Hold effect) {
    Ticket ticket = effect.last().ticket();
    times.answered(ticket, System.nanoTime());
    ticket.consumer().hold(explain(effect.last()));
  }

  @Override
  public void finish(PoolEffect.Finish effect) {
    effect.ticket().consumer().finish();
  }
}
