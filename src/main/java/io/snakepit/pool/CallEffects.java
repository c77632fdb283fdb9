package io.snakepit.pool;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.Faults;
import io.snakepit.api.SnakepitException;
import io.snakepit.bridge.DispatchedCall;
import io.snakepit.bridge.DispatchedCall.Windows;
import io.snakepit.bus.BusFailures;
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
  private final long maxBodyBytes;
  private final WorkerEffects workers;
  private final AnswerIntake intake;
  private final Consumer<Ticket> uploadBroken;
  private final CallTimes times = new CallTimes(System.nanoTime());
  private @Nullable Answer atHand;
  private boolean abandoned;

  /** Hands what a worker has just said of a call to the call's caller. */
  @FunctionalInterface
  interface Answer {
    void to(Ticket ticket);
  }

  /**
   * @param workers that calls are sent to
   * @param intake told when an answer that waits may not be wanted any more
   * @param uploadBroken told of a call whose arguments will not come to their end
   */
  CallEffects(
      NurserySettings settings,
      WorkerEffects workers,
      AnswerIntake intake,
      Consumer<Ticket> uploadBroken) {
    this.pool = settings.pool();
    this.stream = settings.options().stream();
    this.maxBodyBytes = settings.maxBodyBytes();
    this.workers = workers;
    this.intake = intake;
    this.uploadBroken = uploadBroken;
  }

  /** Sets what a worker has just said, for the effects that hand it on; null if none has. */
  void atHand(@Nullable Answer answer) {
    atHand = answer;
  }

  /** Answers {@code INTERNAL} from now on: the host has ended the pool. */
  void abandon() {
    abandoned = true;
  }

  CallTimes times() {
    return times;
  }

  /**
   * Returns why a worker could not take a call, whose arguments are too large or can't be written;
   * null if it can. Asked before the machine gets it: what is dispatched fits into a frame.
   */
  @Nullable SnakepitException unfit(Call call) {
    try {
      int bytes = call.body().length();
      return bytes <= maxBodyBytes
          ? null
          : new SnakepitException(
              ErrorCode.PAYLOAD_TOO_LARGE,
              "the arguments have %d bytes: http.maxBodyBytes allows %d"
                  .formatted(bytes, maxBodyBytes));
    } catch (Throwable thrown) {
      Faults.throwIfFatal(thrown);
      return BusFailures.reply(thrown);
    }
  }

  @Override
  public void dispatch(Dispatch effect) {
    Ticket ticket = effect.ticket();
    Call call = ticket.call;
    Worker worker = workers.get(effect.worker());
    DispatchedCall sent =
        new DispatchedCall(
            ticket.sequence(),
            ticket.id,
            call,
            effect.remainingNanos(),
            effect.batch(),
            windows(ticket));
    try {
      worker.call(sent);
    } catch (Throwable thrown) {
      // Nobody knows what of it the worker has got: no more may be sent to it.
      worker.breakOff("could not be sent call %s: %s".formatted(ticket.id, thrown));
      Faults.throwIfFatal(thrown);
      return;
    }
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
    lookAgain(effect.worker());
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
      lookAgain(effect.worker());
    }
    ticket.caller.fail(explain(effect));
  }

  /** Has an answer read and dropped that waits for room, and that nobody wants any more. */
  private void lookAgain(String id) {
    Worker worker = workers.find(id);
    if (worker != null) {
      intake.lookAgain(worker);
    }
  }

  private SnakepitException explain(Refuse effect) {
    ErrorCode code = abandoned ? ErrorCode.INTERNAL : effect.code();
    SnakepitException failure = new SnakepitException(code, effect.message());
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
