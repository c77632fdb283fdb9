package io.snakepit.cli;

import java.io.PrintStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A wait that says every 2 s what it waits for. */
final class Progress {
  private static final long EVERY_S = 2;

  private final PrintStream to;

  Progress(PrintStream to) {
    this.to = to;
  }

  /**
   * Waits for a future's success.
   *
   * @throws CommandFailure with {@code failure} and the reason, if it fails
   */
  <T> T await(CompletableFuture<T> future, String what, String failure) {
    for (long waited = EVERY_S; ; waited += EVERY_S) {
      try {
        return future.get(EVERY_S, TimeUnit.SECONDS);
      } catch (TimeoutException slow) {
        to.printf("%s, %d s%n", what, waited);
      } catch (ExecutionException failed) {
        Throwable cause = failed.getCause() == null ? failed : failed.getCause();
        String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        throw CommandFailure.failed(failure + ": " + message);
      } catch (InterruptedException ended) {
        Thread.currentThread().interrupt();
        throw CommandFailure.failed("interrupted while " + what);
      }
    }
  }
}
