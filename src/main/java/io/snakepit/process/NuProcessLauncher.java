package io.snakepit.process;

import com.sun.jna.ptr.IntByReference;
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
 * A launcher that starts processes with NuProcess: one thread serves the pipes of all children. The
 * only class that knows NuProcess; nothing of it gets out.
 *
 * <ul>
 *   <li>Its buffers are its own: they are copied within the callback.
 *   <li>It tells an end only when the child's output has ended too, looks four times a second, and
 *       mixes signals with exit statuses. So the JDK tells the end as such, and whoever comes first
 *       takes the status from the kernel: we, exactly, or NuProcess.
 *   <li>It answers with a process even if there is none; such a one has no pid.
 *   <li>Its hook at the JVM's shutdown would send SIGTERM to all children in the middle of a drain,
 *       and is switched off. Children end with their standard input.
 * </ul>
 */
public final class NuProcessLauncher implements ProcessLauncher {
  /**
   * The time that an end may wait for the output to end too, or for NuProcess to tell the status.
   */
  private static final long GRACE_MS = 500;

  /** NuProcess's number for a status that it came too late for: we have it, and tell it. */
  private static final int TAKEN = Integer.MAX_VALUE;

  private static final int DO_NOT_WAIT = 1;

  static {
    System.getProperties().putIfAbsent("com.zaxxer.nuprocess.enableShutdownHook", "false");
  }

  @Override
  public Child launch(Order order, Output output) throws LaunchException {
    List<String> command = new ArrayList<>(order.command());
    command.set(0, Programs.find(order).toString());
    Shortage.requireFiles(command.get(0));
    NuChild child = new NuChild(output);
    NuProcessBuilder builder = new NuProcessBuilder(command, order.environment());
    builder.setCwd(order.directory());
    builder.setProcessListener(child);
    NuProcess process = builder.start();
    if (process == null || process.getPID() <= 0) {
      String limit = Shortage.probe(); // NuProcess keeps the reason to itself
      throw new LaunchException(
          command.get(0),
          "the operating system can't execute it" + (limit.isEmpty() ? "" : ": " + limit));
    }
    return new Launched(process, child);
  }

  /** Returns what NuProcess's number means: beyond a byte they are sentinels of its own. */
  static Exit meaning(int code) {
    if (code == 0 || (code > 64 && code < 256)) {
      return new Exit.Status(code);
    }
    return code > 0 && code <= 64 ? new Exit.StatusOrSignal(code) : new Exit.Unknown();
  }

  /** Returns what the kernel's wait status tells of a child's end. */
  static Exit meaningOfWait(int status) {
    int signal = status & 0x7f;
    return signal == 0 ? new Exit.Status((status >> 8) & 0xff) : new Exit.Signal(signal);
  }

  /** A child process, called on NuProcess's thread, which must not be kept waiting. */
  private static final class NuChild extends NuAbstractProcessHandler {
    private final LineSplitter stdout;
    private final LineSplitter stderr;
    private final CompletableFuture<Exit> told = new CompletableFuture<>();
    private final CompletableFuture<Void> stdoutEnd = new CompletableFuture<>();
    private final CompletableFuture<Void> stderrEnd = new CompletableFuture<>();

    NuChild(Output output) {
      stdout = new LineSplitter(Source.STDOUT, output);
      stderr = new LineSplitter(Source.STDERR, output);
    }

    @Override
    public void onStdout(ByteBuffer buffer, boolean closed) {
      take(buffer, closed, stdout, stdoutEnd);
    }

    @Override
    public void onStderr(ByteBuffer buffer, boolean closed) {
      take(buffer, closed, stderr, stderrEnd);
    }

    private static void take(
        ByteBuffer buffer, boolean closed, LineSplitter lines, CompletableFuture<Void> end) {
      byte[] bytes = new byte[buffer.remaining()];
      buffer.get(bytes);
      lines.accept(bytes, bytes.length);
      if (closed) {
        lines.end();
        end.complete(null);
      }
    }

    @Override
    public void onExit(int code) {
      if (code == TAKEN) {
        told.completeOnTimeout(meaning(code), 2 * GRACE_MS, TimeUnit.MILLISECONDS);
      } else {
        told.complete(meaning(code));
      }
    }
  }

  private static final class Launched implements Child {
    private final NuProcess process;
    private final int pid;
    private final NuChild child;
    private boolean reaped;

    Launched(NuProcess process, NuChild child) {
      this.process = process;
      this.pid = process.getPID();
      this.child = child;
      ProcessHandle.of(pid).ifPresent(handle -> handle.onExit().thenRun(this::ended));
    }

    private void ended() {
      IntByReference status = new IntByReference();
      if (!reap(status)) { // NuProcess was faster, and is about to tell
        child.told.completeOnTimeout(new Exit.Unknown(), GRACE_MS, TimeUnit.MILLISECONDS);
        return;
      }
      CompletableFuture.allOf(child.stdoutEnd, child.stderrEnd)
          .completeOnTimeout(null, GRACE_MS, TimeUnit.MILLISECONDS)
          .thenRun(() -> child.told.complete(meaningOfWait(status.getValue())));
    }

    /** Takes the child's status from the kernel; from here on its pid may be anybody's. */
    private synchronized boolean reap(IntByReference status) {
      reaped = true;
      return LibC.INSTANCE.waitpid(pid, status, DO_NOT_WAIT) == pid;
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
      return child.told.minimalCompletionStage();
    }

    @Override
    public synchronized void kill() {
      if (!reaped && process.isRunning()) {
        Signals.send(pid, Signals.KILL);
      }
    }
  }
}
