package io.snakepit.process;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import java.util.Map;

/** Signals, sent by system call. Doesn't block; every thread may call it. */
public final class Signals {
  /** Asks a process to end. */
  public static final int TERM = 15;

  /** Ends a process at once. */
  public static final int KILL = 9;

  private static final int NO_SUCH_PROCESS = 3;

  /** What became of a signal. */
  public enum Outcome {
    SENT,
    /** There is no such process, or group: it has ended. */
    GONE,
    /** It belongs to another user. */
    REFUSED
  }

  /** The C library's functions, under their own names. */
  interface LibC extends Library {
    int kill(int pid, int signal);

    int killpg(int group, int signal);
  }

  private static final LibC LIBC = Native.load(Platform.C_LIBRARY_NAME, LibC.class, Map.of());

  private Signals() {}

  /**
   * Sends a signal to one process.
   *
   * @throws IllegalArgumentException for pid 1 and below, which mean init or whole groups
   */
  public static Outcome send(long pid, int signal) {
    return outcome(LIBC.kill(checked(pid), signal));
  }

  /**
   * Sends a signal to a process group.
   *
   * @throws IllegalArgumentException for group 1 and below
   */
  public static Outcome sendToGroup(long group, int signal) {
    return outcome(LIBC.killpg(checked(group), signal));
  }

  private static int checked(long id) {
    if (id <= 1 || id > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("a signal needs a pid above 1: got " + id);
    }
    return (int) id;
  }

  private static Outcome outcome(int result) {
    if (result == 0) {
      return Outcome.SENT;
    }
    return Native.getLastError() == NO_SUCH_PROCESS ? Outcome.GONE : Outcome.REFUSED;
  }
}
