package io.snakepit.process;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A keeper as a process: what blocks is done on worker threads, what it prints and how it ends is
 * told on the context that has launched it.
 *
 * <p>What is launched is the keeper's guard, which forks the keeper and outlives it by the time
 * that it takes to kill all below both. Where the system has no use for one, it is the keeper
 * itself.
 */
final class KeeperProcess {
  private static final Logger LOG = LoggerFactory.getLogger(KeeperProcess.class);

  /** The time for which what a keeper has left is killed again. */
  private static final Duration SWEEP_PATIENCE = Duration.ofSeconds(5);

  /**
   * The program that starts the keeper: it finds the package last, behind the standard library. The
   * words {@code snakepit._keeper} stand in the process table for whoever looks for keepers there.
   */
  private static final String BOOTSTRAP =
      "import sys; sys.path.append(sys.argv.pop(1)); "
          + "from snakepit._keeper.__main__ import main; sys.exit(main())";

  private final Vertx vertx;
  private final KeeperOptions options;
  private final ProcessLauncher.Child child;
  private final Future<Exit> exit;

  private KeeperProcess(
      Vertx vertx, KeeperOptions options, ProcessLauncher.Child child, Context context) {
    this.vertx = vertx;
    this.options = options;
    this.child = child;
    this.exit = Future.fromCompletionStage(child.exit(), context);
  }

  /**
   * Launches a keeper and hands it its token.
   *
   * @param output gets what it prints, on the calling context
   */
  static Future<KeeperProcess> launch(
      Vertx vertx, KeeperOptions options, String token, Consumer<OutputLine> output) {
    Context context = vertx.getOrCreateContext();
    return vertx
        .executeBlocking(
            () -> {
              ProcessLauncher.Child child =
                  options
                      .launcher()
                      .launch(
                          order(options), line -> context.runOnContext(now -> output.accept(line)));
              child.writeStdin((token + "\n").getBytes(StandardCharsets.UTF_8));
              return child;
            },
            false)
        .map(child -> new KeeperProcess(vertx, options, child, context));
  }

  /**
   * Makes the order to launch a keeper, with {@code -I -S}: neither the environment nor
   * site-packages decide what a keeper is, nor the locale how it writes names.
   */
  private static ProcessLauncher.Order order(KeeperOptions options) {
    List<String> command = new ArrayList<>();
    command.add(options.interpreter().toString());
    command.addAll(List.of("-I", "-S", "-X", "utf8", "-c", BOOTSTRAP));
    command.add(options.library().toString());
    command.add(options.socket().toString());
    return new ProcessLauncher.Order(command, options.environment(), options.directory());
  }

  /** Returns the pid of what was launched. */
  long pid() {
    return child.pid();
  }

  /** Returns a future that completes when what was launched is gone; never fails. */
  Future<Exit> exit() {
    return exit;
  }

  /** Ends the keeper's lifeline, whereupon it kills all below it and ends. */
  void release() {
    vertx.executeBlocking(
        () -> {
          child.closeStdin();
          return "";
        },
        false);
  }

  /**
   * Sends SIGKILL to the keeper alone, by pid and start time; its guard does the rest, and ends.
   *
   * @param keeper as it was when it attached
   */
  void kill(ProcessTable.Entry keeper) {
    vertx.executeBlocking(() -> Signals.send(ProcessTable.system(), keeper, Signals.KILL), false);
  }

  /**
   * Sends SIGKILL to what was launched. What is below it dies of its own lifelines, and of the
   * sweep.
   */
  void kill() {
    child.kill();
  }

  /** Kills what bears the keeper's marks; to be done when it is gone. Never fails. */
  Future<Void> sweep() {
    return vertx
        .executeBlocking(
            () -> Sweep.kill(ProcessTable.system(), options.marks(), SWEEP_PATIENCE), false)
        .map(this::report)
        .otherwiseEmpty();
  }

  private Void report(Sweep.Result result) {
    String pool = options.workers().pool();
    if (!result.killed().isEmpty()) {
      LOG.info(
          "pool {}: killed {} processes that its keeper had left", pool, result.killed().size());
    }
    if (!result.left().isEmpty()) {
      LOG.error("pool {}: killed, but still there: {}", pool, result.left());
    }
    return null;
  }
}
