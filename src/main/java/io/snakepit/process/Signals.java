package io.snakepit.process;

import com.sun.jna.LastErrorException;
import com.sun.jna.Platform;

/** Signals to processes, sent by system call. Doesn't block; every thread may call it. */
public final class Signals {
  /** The signal that asks a process to end. */
  public static final int TERM = 15;

  /** The signal that ends a process at once. */
  public static final int KILL = 9;

  private static final int NO_SUCH_PROCESS = 3;
  private static final int NOT_PERMITTED = 1;

  // The same on every architecture of Linux.
  private static final long PIDFD_SEND_SIGNAL = 424;
  private static final long PIDFD_OPEN = 434;

  private static final LibC LIBC = LibC.INSTANCE;

  /** The outcome of sending a signal. */
  public enum Outcome {
    SENT,
    /** The process or group does not exist: it has ended. */
    GONE,
    /** The process belongs to another user. */
    REFUSED
  }

  private interface Call {
    void run() throws LastErrorException;
  }

  private Signals() {}

  /**
   * Sends a signal to one process.
   *
   * @throws IllegalArgumentException for pid 1 and below, which mean init or whole groups
   */
  public static Outcome send(long pid, int signal) {
    int checked = checked(pid);
    return attempt(() -> LIBC.kill(checked, signal));
  }

  /**
   * Sends a signal to a process group.
   *
   * @throws IllegalArgumentException for group 1 and below
   */
  public static Outcome sendToGroup(long group, int signal) {
    int checked = checked(group);
    return attempt(() -> LIBC.killpg(checked, signal));
  }

  /**
   * Sends a signal to exactly that process, by pid and start time. Where Linux offers it, a pidfd
   * holds on to whatever has the pid now; if the start time still agrees after it was opened, the
   * signal can't hit another process.
   *
   * @throws IllegalArgumentException for pid 1 and below
   */
  public static Outcome send(ProcessTable table, ProcessTable.Entry process, int signal) {
    int pid = checked(process.pid());
    int handle = Platform.isLinux() ? open(pid) : -1;
    try {
      ProcessTable.Entry now = table.read(pid);
      if (now == null || !now.same(process)) {
        return Outcome.GONE;
      }
      if (handle < 0) {
        return send(pid, signal);
      }
      return attempt(() -> LIBC.syscall(PIDFD_SEND_SIGNAL, handle, signal, 0L, 0));
    } finally {
      if (handle >= 0) {
        LIBC.close(handle);
      }
    }
  }

  /**
   * Sends SIGKILL to the group that a process leads, if it is still exactly that process, be it a
   * zombie: as long as it has not been reaped, neither its pid nor its group can be another's.
   *
   * @param startTicks 0 where they are not known: then nothing is sent
   */
  public static Outcome killGroupOf(ProcessTable table, long pid, long startTicks) {
    ProcessTable.Entry now = startTicks == 0 || pid <= 1 ? null : table.read(pid);
    if (now == null || now.startTicks() != startTicks) {
      return Outcome.GONE;
    }
    return sendToGroup(pid, KILL);
  }

  /** Returns the user that this process acts for. */
  static int ownUser() {
    return LIBC.geteuid();
  }

  /** Opens a descriptor of a process; -1 if it is gone, or the kernel knows no such thing. */
  private static int open(int pid) {
    try {
      return (int) LIBC.syscall(PIDFD_OPEN, pid, 0);
    } catch (LastErrorException unavailable) {
      return -1;
    }
  }

  private static int checked(long id) {
    if (id <= 1 || id > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("a signal needs a pid above 1: got " + id);
    }
    return (int) id;
  }

  private static Outcome attempt(Call call) {
    try {
      call.run();
      return Outcome.SENT;
    } catch (LastErrorException e) {
      return switch (e.getErrorCode()) {
        case NO_SUCH_PROCESS -> Outcome.GONE;
        case NOT_PERMITTED -> Outcome.REFUSED;
        default -> throw new IllegalArgumentException("not a signal", e);
      };
    }
  }
}
