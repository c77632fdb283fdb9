package io.snakepit.process;

/** The way in which a process has ended. */
public sealed interface Exit {

  /** An end of its own accord, with this exit status, 0 to 255. */
  record Status(int status) implements Exit {
    @Override
    public String toString() {
      return "status " + status;
    }
  }

  /** An end by this signal. */
  record Signal(int signal) implements Exit {
    @Override
    public String toString() {
      return "signal " + signal;
    }
  }

  /**
   * An end by a status or by a signal: who started it can't tell exit status {@code n} from signal
   * {@code n}.
   */
  record StatusOrSignal(int number) implements Exit {
    @Override
    public String toString() {
      return "status or signal " + number;
    }
  }

  /**
   * An end whose reason somebody has seen: the reason is for people, as in "was killed by its
   * memory limit".
   */
  record Explained(String reason) implements Exit {
    @Override
    public String toString() {
      return reason;
    }
  }

  /** An end of which nobody knows how it came. */
  record Unknown() implements Exit {
    @Override
    public String toString() {
      return "unknown status";
    }
  }
}
