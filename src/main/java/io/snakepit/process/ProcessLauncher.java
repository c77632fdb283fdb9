package io.snakepit.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * A means to start processes of the operating system. A child inherits nothing of the JVM but the
 * three pipes made for it, and stays in the JVM's process group.
 */
public interface ProcessLauncher {

  /**
   * Starts a program. Blocks for a few ms: never call it on an event loop.
   *
   * @param output gets the lines that the child prints
   * @throws LaunchException if it can't be started, with the program's path in the message
   */
  Child launch(Order order, Output output) throws LaunchException;

  /**
   * A program to start.
   *
   * @param command the program, as a path or a name to be found on the environment's {@code PATH},
   *     and its arguments
   * @param environment complete: the child gets this and nothing else
   */
  record Order(List<String> command, Map<String, String> environment, Path directory) {
    public Order {
      command = List.copyOf(command);
      environment = Map.copyOf(environment);
      if (command.isEmpty()) {
        throw new IllegalArgumentException("a command must name a program: got none");
      }
    }
  }

  /** Hears a child's output, on threads of the launcher, one call at a time for each source. */
  @FunctionalInterface
  interface Output {
    void line(OutputLine line);
  }

  /** A process that was started. Every thread may call it. */
  interface Child {
    long pid();

    /**
     * Writes to the child's standard input. May block while the pipe is full: for worker threads.
     * Does nothing when the child is gone.
     */
    void writeStdin(byte[] bytes);

    /**
     * Ends the child's standard input, after what was written. May block as {@link #writeStdin}
     * does.
     */
    void closeStdin();

    /**
     * Returns a stage that completes when the process has ended, on a thread of the launcher. What
     * it printed has been told by then; where something else holds its output open, the end is told
     * all the same, at most 1 s later.
     */
    CompletionStage<Exit> exit();

    /** Sends SIGKILL to this one process, unless it has ended. */
    void kill();
  }
}
