package io.snakepit.process;

import io.snakepit.process.OutputLine.Source;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * A launcher that starts processes with the JDK's {@link ProcessBuilder}. Two daemon threads per
 * child read its output.
 */
public final class JdkProcessLauncher implements ProcessLauncher {
  /** The number to which the JDK adds {@code n} to tell death by signal {@code n}. */
  private static final int SIGNAL_BASE = 128;

  private static final int MAX_SIGNAL = 64;

  /** The time that an end may wait for the output to end too. */
  private static final long OUTPUT_GRACE_MS = 500;

  @Override
  public Child launch(Order order, Output output) throws LaunchException {
    List<String> command = new ArrayList<>(order.command());
    command.set(0, Programs.find(order).toString());
    Shortage.requireFiles(command.get(0));
    ProcessBuilder builder = new ProcessBuilder(command).directory(order.directory().toFile());
    builder.environment().clear();
    builder.environment().putAll(order.environment());
    try {
      return new JdkChild(builder.start(), output);
    } catch (IOException e) {
      throw new LaunchException(command.get(0), String.valueOf(e.getMessage()));
    }
  }

  /**
   * Returns what the JDK's number means: {@code exit(128 + n)} can't be told from signal {@code n};
   * the signal is far more likely.
   */
  static Exit meaning(int value) {
    return value > SIGNAL_BASE && value <= SIGNAL_BASE + MAX_SIGNAL
        ? new Exit.Signal(value - SIGNAL_BASE)
        : new Exit.Status(value);
  }

  private static final class JdkChild implements Child {
    private final Process process;
    private final CompletableFuture<Exit> exit;

    JdkChild(Process process, Output output) {
      this.process = process;
      CompletableFuture<Void> read =
          CompletableFuture.allOf(
              read(process.getInputStream(), new LineSplitter(Source.STDOUT, output)),
              read(process.getErrorStream(), new LineSplitter(Source.STDERR, output)));
      this.exit =
          process
              .onExit()
              .thenCompose(
                  ended -> read.completeOnTimeout(null, OUTPUT_GRACE_MS, TimeUnit.MILLISECONDS))
              .thenApply(done -> meaning(process.exitValue()));
    }

    private CompletableFuture<Void> read(InputStream stream, LineSplitter lines) {
      CompletableFuture<Void> done = new CompletableFuture<>();
      Thread reader = new Thread(() -> pump(stream, lines, done), "snakepit-output-" + pid());
      reader.setDaemon(true);
      reader.start();
      return done;
    }

    private static void pump(InputStream stream, LineSplitter lines, CompletableFuture<Void> done) {
      byte[] buffer = new byte[8192];
      try (stream) {
        for (int n = stream.read(buffer); n >= 0; n = stream.read(buffer)) {
          lines.accept(buffer, n);
        }
      } catch (IOException closed) {
        // What was read before has been told.
      } finally {
        lines.end();
        done.complete(null);
      }
    }

    @Override
    public long pid() {
      return process.pid();
    }

    @Override
    public void writeStdin(byte[] bytes) {
      try {
        OutputStream stdin = process.getOutputStream();
        stdin.write(bytes);
        stdin.flush();
      } catch (IOException gone) {
        // The child doesn't read any more; its end is told by exit().
      }
    }

    @Override
    public void closeStdin() {
      try {
        process.getOutputStream().close();
      } catch (IOException gone) {
        // As above.
      }
    }

    @Override
    public CompletionStage<Exit> exit() {
      return exit.minimalCompletionStage();
    }

    @Override
    public void kill() {
      process.destroyForcibly();
    }
  }
}
