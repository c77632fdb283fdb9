package io.snakepit.process;

import com.zaxxer.nuprocess.NuAbstractProcessHandler;
import com.zaxxer.nuprocess.NuProcess;
import com.zaxxer.nuprocess.NuProcessBuilder;
import io.snakepit.process.OutputLine.Source;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * Starts processes with NuProcess: one thread serves the pipes of all children. The only class that
 * knows NuProcess; nothing of it gets out.
 *
 * <ul>
 *   <li>Its buffers are its own: they are copied within the callback.
 *   <li>It tells an end only when the child's output has ended too, and looks four times a second:
 *       the JDK tells the end as such, and the status may follow for a while.
 *   <li>Its hook at the JVM's shutdown would send SIGTERM to all children in the middle of a drain,
 *       and is switched off. Children end with their standard input.
 * </ul>
 */
public final class NuProcessLauncher implements ProcessLauncher {
  /** How long an end that the JDK has seen may wait for NuProcess to tell the status. */
  private static final long STATUS_GRACE_MS = 600;

  static {
    if (System.getProperty("com.zaxxer.nuprocess.enableShutdownHook") == null) {
      System.setProperty("com.zaxxer.nuprocess.enableShutdownHook", "false");
    }
  }

  @Override
  public Child launch(Order order, Output output) throws LaunchException {
    List<String> command = new ArrayList<>(order.command());
    command.set(0, Programs.find(order).toString());
    NuChild child = new NuChild(output);
    NuProcessBuilder builder = new NuProcessBuilder(command, order.environment());
    builder.setCwd(order.directory());
    builder.setProcessListener(child);
    NuProcess process = builder.start();
    if (process == null) {
      throw new LaunchException(command.get(0), "the operating system can't execute it");
    }
    return new Launched(process, child.told);
  }

  /** What NuProcess's numbers mean: beyond a byte they are sentinels of its own. */
  static Exit meaning(int code) {
    if (code == 0 || (code > 64 && code < 256)) {
      return new Exit.Status(code);
    }
    return code > 0 && code <= 64 ? new Exit.StatusOrSignal(code) : new Exit.Unknown();
  }

  /** Called on NuProcess's thread, which must not be kept waiting. */
  private static final class NuChild extends NuAbstractProcessHandler {
    private final LineSplitter stdout;
    private final LineSplitter stderr;
    private final CompletableFuture<Exit> told = new CompletableFuture<>();

    NuChild(Output output) {
      stdout = new LineSplitter(Source.STDOUT, output);
      stderr = new LineSplitter(Source.STDERR, output);
    }

    @Override
    public void onStdout(ByteBuffer buffer, boolean closed) {
      take(buffer, closed, stdout);
    }

    @Override
    public void onStderr(ByteBuffer buffer, boolean closed) {
      take(buffer, closed, stderr);
    }

    private static void take(ByteBuffer buffer, boolean closed, LineSplitter lines) {
      byte[] bytes = new byte[buffer.remaining()];
      buffer.get(bytes);
      lines.accept(bytes, bytes.length);
      if (closed) {
        lines.end();
      }
    }

    @Override
    public void onExit(int code) {
      told.complete(meaning(code));
    }
  }

  private static final class Launched implements Child {
    private final NuProcess process;
    private final long pid;
    private final CompletableFuture<Exit> exit;

    Launched(NuProcess process, CompletableFuture<Exit> told) {
      this.process = process;
      this.pid = process.getPID();
      this.exit = told;
      ProcessHandle.of(pid).ifPresent(handle -> handle.onExit().thenRun(this::ended));
    }

    private void ended() {
      exit.completeOnTimeout(new Exit.Unknown(), STATUS_GRACE_MS, TimeUnit.MILLISECONDS);
    }

    @Override
    public long pid() {
      return pid;
    }

    @Override
    public void writeStdin(byte[] bytes) {
      try {
        process.writeStdin(ByteBuffer.wrap(bytes.clone()));
      } catch (IllegalStateException closed) {
        // The child is gone; its end is told by exit().
      }
    }

    @Override
    public void closeStdin() {
      try {
        process.closeStdin(false);
      } catch (IllegalStateException closed) {
        // As above, or closed before.
      }
    }

    @Override
    public CompletionStage<Exit> exit() {
      return exit.minimalCompletionStage();
    }

    @Override
    public void kill() {
      if (process.isRunning()) {
        Signals.send(pid, Signals.KILL);
      }
    }
  }
}
