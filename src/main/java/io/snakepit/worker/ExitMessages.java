package io.snakepit.worker;

import io.snakepit.process.Exit;
import io.snakepit.process.Printable;
import java.util.Map;

/** Texts for people about workers that could not start, or have ended. Pure. */
final class ExitMessages {

  private static final Map<Integer, String> SIGNALS =
      Map.of(
          1, "SIGHUP", 2, "SIGINT", 3, "SIGQUIT", 4, "SIGILL", 6, "SIGABRT", 7, "SIGBUS", 8,
          "SIGFPE", 9, "SIGKILL", 11, "SIGSEGV", 15, "SIGTERM");

  private ExitMessages() {}

  /** Tells how a process ended, as in "was killed by signal 11 (SIGSEGV)". */
  static String told(Exit exit) {
    if (exit instanceof Exit.Explained explained) {
      return explained.reason();
    }
    if (exit instanceof Exit.Signal killed) {
      String name = SIGNALS.get(killed.signal());
      return "was killed by signal " + killed.signal() + (name == null ? "" : " (" + name + ")");
    }
    return "ended with " + exit;
  }

  /** Tells the exception and its traceback, behind the key that names the adapter. */
  static String told(String pool, String type, String message, String traceback) {
    String head =
        "pools.%s.adapter could not be started: %s"
            .formatted(pool, message.isEmpty() ? type : type + ": " + message);
    // A traceback without frames says nothing that the head does not.
    String whole =
        traceback.strip().contains("\n") ? head + "\n" + traceback.stripTrailing() : head;
    return Printable.lines(whole);
  }
}
