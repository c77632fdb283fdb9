package io.snakepit.pool;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.SnakepitException;
import io.snakepit.pool.machine.Ticket;
import io.snakepit.vertx.Contexts;
import io.vertx.core.Context;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** Brings what the consumer of a stream wants to the pool's event loop. Any thread may call it. */
final class StreamSource implements CallStream.Source {
  private final Context home;
  private final PoolDriver driver;

  /** On the pool's event loop alone; null until the pool has the call. */
  private @Nullable Ticket ticket;

  StreamSource(Context home, PoolDriver driver) {
    this.home = home;
    this.driver = driver;
  }

  /** Gives the call to the pool. */
  void begin(Call call, CallStream stream) {
    long now = System.nanoTime();
    try {
      Contexts.emit(home, this, here -> ticket = driver.stream(call, now, stream));
    } catch (RejectedExecutionException stopped) {
      stream.fail(new SnakepitException(ErrorCode.SHUTTING_DOWN, "the host has stopped"));
    }
  }

  @Override
  public void taken(int chunks, long bytes) {
    tell(
        () -> {
          if (ticket != null) {
            driver.taken(ticket, chunks, bytes);
          }
        });
  }

  @Override
  public void cancelled() {
    tell(
        () -> {
          if (ticket != null) {
            driver.cancel(ticket);
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
