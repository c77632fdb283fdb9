package io.snakepit.pool;

import static java.util.Objects.requireNonNull;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.SnakepitException;
import io.snakepit.api.waiting.WaitingBody;
import io.snakepit.bus.BusFailures;
import io.snakepit.pool.machine.Ticket;
import io.snakepit.vertx.Contexts;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** Brings what the consumer of a stream wants to the pool's event loop. Any thread may call it. */
final class StreamSource implements CallStream.Source {
  private final Context home;
  private final Pool pool;

  /** On the pool's event loop alone; null until the pool has the call. */
  private @Nullable Ticket ticket;

  /** Set if the consumer wants no more before the pool has the call. On the pool's loop alone. */
  private boolean cancelledEarly;

  /** The pool that runs the call. On its event loop alone. */
  interface Pool {
    /** Runs a call that was accepted then, whose answer the stream gets. */
    Ticket stream(Call call, long acceptedAt, CallStream stream);

    /** Hears that the consumer of a stream has taken so much. */
    void taken(Ticket stream, int chunks, long bytes);

    /** Cancels a call on behalf of its caller. */
    void cancel(Ticket call);
  }

  /**
   * @param home the pool's context
   */
  StreamSource(Context home, Pool pool) {
    this.home = home;
    this.pool = pool;
  }

  /** Gives the call to the pool, once it is there. */
  void begin(Future<Call> coming, CallStream stream) {
    long now = System.nanoTime();
    coming.onComplete(
        call -> begin(call, now, stream), failure -> stream.fail(BusFailures.reply(failure)));
  }

  private void begin(Call call, long acceptedAt, CallStream stream) {
    WaitingBody body = call.waiting();
    if (body != null) {
      stream.end().onComplete(over -> body.close());
    }
    try {
      Contexts.emit(home, this, here -> submit(call, acceptedAt, stream));
    } catch (RejectedExecutionException stopped) {
      stream.fail(new SnakepitException(ErrorCode.SHUTTING_DOWN, "the host has stopped"));
    }
  }

  private void submit(Call call, long acceptedAt, CallStream stream) {
    Ticket submitted = pool.stream(call, acceptedAt, stream);
    ticket = submitted;
    if (cancelledEarly) {
      pool.cancel(submitted);
    }
  }

  @Override
  public void taken(int chunks, long bytes) {
    // Chunks come of a call that the pool has.
    tell(() -> pool.taken(requireNonNull(ticket), chunks, bytes));
  }

  @Override
  public void cancelled() {
    tell(
        () -> {
          if (ticket == null) {
            cancelledEarly = true;
          } else {
            pool.cancel(ticket);
          }
        });
  }

  private void tell(Runnable what) {
    try {
      Contexts.emit(home, what, Runnable::run);
    } catch (RejectedExecutionException stopped) {
      // The pool's event loop has ended, and the pool with it: there is nobody to be told.
    }
  }
}
