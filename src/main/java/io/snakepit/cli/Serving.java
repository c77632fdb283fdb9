package io.snakepit.cli;

import io.snakepit.config.PoolOptions.Shutdown;
import io.snakepit.config.SnakepitOptions;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * Life of a server on a terminal: it tells of a start that takes time, says {@code ready} on
 * standard output, and drains when a signal comes, also while it starts.
 */
final class Serving {
  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final Duration QUESTION = Duration.ofMillis(500);

  /** Time that stopping may take beyond the configured times before it is given up. */
  private static final Duration STOP_GRACE = Duration.ofSeconds(15);

  private final Server server;
  private final SnakepitOptions options;
  private final Terminal terminal;
  private final CompletableFuture<Integer> ended = new CompletableFuture<>();
  private volatile boolean stopping;

  Serving(Server server, SnakepitOptions options, Terminal terminal) {
    this.server = server;
    this.options = options;
    this.terminal = terminal;
  }

  /** Serves until a signal comes; returns the exit code. */
  int run(StopSignals signals) {
    Runnable forgetSignals = signals.onFirst(this::drain);
    try {
      awaitStart(server.start());
    } catch (ExecutionException failed) {
      if (!stopping) {
        forgetSignals.run();
        server.stop(STOP_GRACE);
        throw CommandFailure.failed("the start failed: " + reason(failed));
      }
      return ended.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return drain();
    }
    if (!stopping) {
      terminal.out().println(readyLine());
    }
    return ended.join();
  }

  private void awaitStart(CompletableFuture<Void> started)
      throws ExecutionException, InterruptedException {
    for (long waited = PATIENCE.toSeconds(); ; waited += PATIENCE.toSeconds()) {
      try {
        started.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        return;
      } catch (TimeoutException slow) {
        if (!stopping) {
          terminal.err().printf("starting, %d s: %s%n", waited, pools());
        }
      }
    }
  }

  private String readyLine() {
    String url = server.url();
    return "ready  " + (url.isEmpty() ? "without HTTP" : url) + "  (" + pools() + ")";
  }

  private String pools() {
    try {
      return server.pools(QUESTION).stream()
          .map(pool -> describe((JsonObject) pool))
          .collect(Collectors.joining(", "));
    } catch (RuntimeException notYet) {
      return "pools " + String.join(", ", options.pools().keySet());
    }
  }

  private static String describe(JsonObject pool) {
    int size = pool.getInteger("size");
    int ready = pool.getInteger("ready");
    String workers = size == 1 ? "worker" : "workers";
    return "pool %s: %s%d %s"
        .formatted(pool.getString("pool"), ready == size ? "" : ready + " of ", size, workers);
  }

  private int drain() {
    stopping = true;
    terminal
        .err()
        .printf(
            "draining: calls have up to %d s to finish; Ctrl-C ends at once%n",
            longest(Shutdown::drainMs).toSeconds());
    int exitCode = 0;
    try {
      Duration longest =
          longest(Shutdown::drainMs).plus(longest(Shutdown::termGraceMs)).plus(STOP_GRACE);
      server.stop(longest);
      terminal.err().println("stopped");
    } catch (CompletionException failed) {
      terminal.err().println("stopping failed: " + reason(failed));
      exitCode = 1;
    }
    ended.complete(exitCode);
    return exitCode;
  }

  private Duration longest(ToLongFunction<Shutdown> time) {
    return Duration.ofMillis(
        options.pools().values().stream()
            .mapToLong(pool -> time.applyAsLong(pool.shutdown()))
            .max()
            .orElse(0));
  }

  /** Returns the reason of a future's failure, which wraps what happened. */
  private static String reason(Exception wrapper) {
    Throwable cause = wrapper.getCause();
    Throwable failure = cause == null ? wrapper : cause;
    String message = failure.getMessage();
    return message == null ? failure.toString() : message;
  }
}
