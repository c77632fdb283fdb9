package io.snakepit.process;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Objects;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A shell script that watches this JVM from outside and, once that is gone, ends what is left of
 * one pool: for the case that every lifeline has failed. It needs neither Python nor the keeper.
 *
 * <p>For the event loop that has started it. One that dies is started again, after a pause.
 */
public final class Watchdog {
  private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);

  private static final String SCRIPT = "watchdog.sh";
  private static final long RESTART_PAUSE_MS = 1_000;

  /** The time that a watchdog may take to end once it was asked to. */
  private static final long STOP_GRACE_MS = 2_000;

  /** The script's exit status where the system lacks what it needs. */
  private static final Exit UNAVAILABLE = new Exit.Status(69);

  private final Vertx vertx;
  private final Context context;
  private final WatchdogOptions options;
  private final ProcessLauncher launcher;
  private final LongConsumer started;
  private final ProcessTable table = ProcessTable.system();
  private ProcessLauncher.Child child;
  private boolean stopping;

  private Watchdog(
      Vertx vertx,
      WatchdogOptions options,
      ProcessLauncher launcher,
      LongConsumer started,
      ProcessLauncher.Child child) {
    this.started = started;
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.options = options;
    this.launcher = launcher;
    this.child = child;
  }

  /**
   * Starts a watchdog, on the current event loop; what blocks is done elsewhere.
   *
   * @param started told the pid of each process, that of a later one too
   * @return fails if the script can't be laid out or started
   */
  public static Future<Watchdog> start(
      Vertx vertx, WatchdogOptions options, ProcessLauncher launcher, LongConsumer started) {
    return vertx
        .executeBlocking(() -> launch(options, launcher), false)
        .map(child -> new Watchdog(vertx, options, launcher, started, child))
        .onSuccess(Watchdog::watch);
  }

  private static ProcessLauncher.Child launch(WatchdogOptions options, ProcessLauncher launcher)
      throws IOException, LaunchException {
    Path script = layOut(options.directory());
    long host = ProcessHandle.current().pid();
    List<String> command =
        List.of(
            "/bin/sh",
            script.toString(),
            String.valueOf(host),
            String.valueOf(ProcessTable.system().startTicks(host)),
            options.run(),
            options.instance(),
            options.pool(),
            String.valueOf(options.intervalMs()),
            String.valueOf(options.graceMs()));
    return launcher.launch(
        new ProcessLauncher.Order(command, options.environment(), options.directory()),
        line -> LOG.warn("pool {}: {}", options.pool(), line.text()));
  }

  /** Puts the script in place at a stroke: all pools of a run do so, perhaps at once. */
  private static Path layOut(Path directory) throws IOException {
    Path fresh = Files.createTempFile(directory, SCRIPT, ".tmp");
    try (InputStream content =
        Objects.requireNonNull(Watchdog.class.getResourceAsStream("/snakepit/" + SCRIPT))) {
      Files.write(fresh, content.readAllBytes());
      return Files.move(fresh, directory.resolve(SCRIPT), StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  private void watch() {
    started.accept(child.pid());
    Future.fromCompletionStage(child.exit(), context).onSuccess(this::ended);
  }

  private void ended(Exit exit) {
    if (stopping) {
      return;
    }
    if (exit.equals(UNAVAILABLE)) {
      LOG.warn("pool {}: there is no watchdog on this system: it needs /proc", options.pool());
      return;
    }
    LOG.warn("pool {}: its watchdog ended with {}: starting another", options.pool(), exit);
    vertx.setTimer(RESTART_PAUSE_MS, due -> restart());
  }

  private void restart() {
    if (stopping) {
      return;
    }
    vertx
        .executeBlocking(() -> launch(options, launcher), false)
        .onFailure(
            failure -> {
              LOG.error("pool {}: its watchdog can't be started", options.pool(), failure);
              vertx.setTimer(RESTART_PAUSE_MS, again -> restart());
            })
        .onSuccess(
            next -> {
              child = next;
              watch();
              if (stopping) {
                end();
              }
            });
  }

  /** Ends the watchdog. Completes when it is gone. */
  public Future<Void> stop() {
    stopping = true;
    return end();
  }

  private Future<Void> end() {
    ProcessLauncher.Child ending = child;
    // SIGTERM, so that it takes its sleeper along.
    vertx.executeBlocking(() -> terminate(ending.pid()), false);
    long timer = vertx.setTimer(STOP_GRACE_MS, late -> ending.kill());
    return Future.fromCompletionStage(ending.exit(), context)
        .onComplete(gone -> vertx.cancelTimer(timer))
        .mapEmpty();
  }

  private Signals.Outcome terminate(long pid) {
    ProcessTable.Entry now = table.read(pid);
    if (now == null || now.parent() != ProcessHandle.current().pid()) {
      return Signals.Outcome.GONE;
    }
    return Signals.send(table, now, Signals.TERM);
  }
}
