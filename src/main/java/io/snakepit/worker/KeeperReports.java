package io.snakepit.worker;

import io.snakepit.process.Exit;
import io.snakepit.process.KeeperListener;
import io.snakepit.process.OutputLine;
import io.snakepit.process.PythonFailure;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The listener of a pool's keeper: brings its reports to the worker concerned, and the workers'
 * output to the log.
 */
final class KeeperReports implements KeeperListener {
  private static final Logger LOG = LoggerFactory.getLogger(KeeperReports.class);

  /** The logger of the workers' output, so that one can turn it up and down by itself. */
  private static final Logger OUTPUT = LoggerFactory.getLogger("io.snakepit.output");

  private final String pool;
  private final Function<String, @Nullable Worker> workers;
  private final NurseryListener notices;
  private final Consumer<String> whenGone;

  /**
   * Makes the listener of one keeper.
   *
   * @param whenGone told the reason when the keeper has ended unasked
   */
  KeeperReports(
      String pool,
      Function<String, @Nullable Worker> workers,
      NurseryListener notices,
      Consumer<String> whenGone) {
    this.pool = pool;
    this.workers = workers;
    this.notices = notices;
    this.whenGone = whenGone;
  }

  @Override
  public void started(String id, long pid, long startTicks) {
    Worker worker = workers.apply(id);
    if (worker != null) {
      worker.started(pid, startTicks);
    }
  }

  @Override
  public void startFailed(String id, PythonFailure failure) {
    Worker worker = workers.apply(id);
    if (worker != null) {
      worker.gone(told(failure));
    }
  }

  private String told(PythonFailure failure) {
    return failure.type().isEmpty()
        ? "could not be started: " + failure.message()
        : ExitMessages.told(pool, failure.type(), failure.message(), failure.traceback());
  }

  @Override
  public void exited(String id, Exit exit) {
    Worker worker = workers.apply(id);
    if (worker != null) {
      worker.gone(ExitMessages.told(exit));
    }
  }

  @Override
  public void line(String id, OutputLine line) {
    Worker worker = workers.apply(id);
    if (worker != null) {
      worker.said(line);
    }
    String who = id.isEmpty() ? "pool " + pool : id;
    String source = line.source().name().toLowerCase(Locale.ROOT);
    if (line.droppedBytes() > 0) {
      OUTPUT.warn("{} {}: {} bytes left out", who, source, line.droppedBytes());
    }
    OUTPUT.info("{} {}: {}", who, source, line.text());
  }

  @Override
  public void imported(Duration took) {
    LOG.debug("pool {}: imported its adapter in {} ms", pool, took.toMillis());
  }

  @Override
  public void importFailed(PythonFailure failure) {
    LOG.debug("pool {}: {}", pool, told(failure));
  }

  @Override
  public void fallback(List<String> reasons) {
    notices.spawnFallback(reasons);
  }

  @Override
  public void forkNotice(List<String> told) {
    notices.forkNotice(told);
  }

  @Override
  public void limited(String memory, String cpus, String detail) {
    LOG.info(
        "pool {}: limits in force: memoryBytes by {}, cpus by {}{}",
        pool,
        memory,
        cpus,
        inParentheses(detail));
  }

  /** Returns what is put behind a line to tell more; nothing if there is no more to tell. */
  static String inParentheses(String detail) {
    return detail.isEmpty() ? "" : " (" + detail + ")";
  }

  @Override
  public void keeperGone(String reason) {
    whenGone.accept(reason);
  }
}
