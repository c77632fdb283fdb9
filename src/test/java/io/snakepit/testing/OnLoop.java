package io.snakepit.testing;

import io.vertx.core.Context;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Steps of a test on an event loop. */
public final class OnLoop {
  private OnLoop() {}

  /** Runs a step on that context, waits for it, and throws what it throws. */
  public static void run(Context context, Runnable action) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    context.runOnContext(
        go -> {
          try {
            action.run();
            done.complete(null);
          } catch (RuntimeException | AssertionError e) {
            done.completeExceptionally(e);
          }
        });
    done.orTimeout(60, TimeUnit.SECONDS).join();
  }
}
