package io.snakepit.process;

import com.sun.jna.Platform;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Words for people about what this JVM has run out of: which limit it is, and where to raise it.
 * Every thread may call it.
 */
public final class Shortage {
  private static final int NUMBER_OF_PROCESSES = Platform.isMac() ? 7 : 6;
  private static final int NUMBER_OF_FILES = Platform.isMac() ? 8 : 7;

  /** A start takes ten for a moment, other threads may take some meanwhile. */
  private static final int FILES_OF_A_START = 32;

  private static final Pattern FILES = Pattern.compile("Too many open files|error=24\\b");
  private static final Pattern PROCESSES =
      Pattern.compile(
          "Resource temporarily unavailable|error=11\\b|unable to create native thread");

  private Shortage() {}

  /** Returns the limit that a message of the system's speaks of; empty if it speaks of none. */
  public static String explain(String message) {
    if (FILES.matcher(message).find()) {
      return "this host may open no more than %s files (RLIMIT_NOFILE; raise it with ulimit -n)"
          .formatted(limit(NUMBER_OF_FILES));
    }
    if (PROCESSES.matcher(message).find()) {
      return ("this user may have %s processes and threads (RLIMIT_NPROC; raise it with ulimit -u),"
              + " or pids.max is reached")
          .formatted(limit(NUMBER_OF_PROCESSES));
    }
    return "";
  }

  /** Returns a message, and the limit that is its reason if one is. */
  public static String explained(String message) {
    String limit = explain(message);
    return limit.isEmpty() ? message : message + ": " + limit;
  }

  /**
   * Refuses a start that might run out of files amid it. To be called before each.
   *
   * <p>For that is the one shortage which the JDK gets wrong: if it finds no room for its pipes,
   * its {@code forkAndExec} closes two descriptors whose numbers it has not set yet (seen in
   * 17.0.15 and 25.0). Mostly that is standard input. It might be a client's connection, and the
   * next to get that number would receive what is meant for somebody else.
   *
   * <p>Blocks for some microseconds: for worker threads.
   *
   * @throws LaunchException with the limit, if there are not as many files as a start takes
   */
  static void requireFiles(String program) throws LaunchException {
    List<InputStream> spare = new ArrayList<>();
    try {
      try {
        while (spare.size() < FILES_OF_A_START) {
          spare.add(new FileInputStream("/dev/null"));
        }
      } finally {
        for (InputStream each : spare) {
          each.close();
        }
      }
    } catch (IOException e) {
      throw new LaunchException(program, String.valueOf(e.getMessage()));
    }
  }

  /**
   * Tries a start of a process, to tell why one has failed that does not say so. Blocks: for worker
   * threads.
   *
   * @return empty if nothing is short
   */
  static String probe() {
    try {
      requireFiles("/bin/sh");
      Process trial = new ProcessBuilder("/bin/sh", "-c", ":").start();
      trial.destroyForcibly();
      return "";
    } catch (IOException e) {
      return explain(String.valueOf(e.getMessage()));
    }
  }

  /** Returns a limit of this process, asked by system call: there may be no file to be opened. */
  private static String limit(int number) {
    long[] softAndHard = new long[2];
    if (LibC.INSTANCE.getrlimit(number, softAndHard) != 0) {
      return "?";
    }
    return words(softAndHard[0]);
  }

  /** Returns a soft limit in words; the system's number for none is negative as a long. */
  static String words(long soft) {
    return soft < 0 ? "any number of" : String.valueOf(soft);
  }
}
