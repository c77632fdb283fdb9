package io.snakepit.process;

/** How a process has ended. */
public sealed interface Exit {

  /** It has ended by itself, with this exit status, 0 to 255. */
  record Status(int status) implements Exit {
    @Override
    public String toString() {
      return "status " + status;
    }
  }

  /** This signal has ended it. */
  record Signal(int signal) implements Exit {
    @Override
    public String toString() {
      return "signal " + signal;
    }
  }

  /** Either of the two: who started it can't tell exit status {@code n} from signal {@code n}. */
  record StatusOrSignal(int number) implements Exit {
    @Override
    public String toString() {
      return "status or signal " + number;
    }
  }

  /** Somebody has seen why: the reason is for people, as in "was killed by its memory limit". */
  record Explained(String reason) implements Exit {
    @Override
    public String toString() {
      return reason;
    }
  }

  /** It has ended, and nobody knows how. */
  record Unknown() implements Exit {
    @Override
    public String toString() {
      return "unknown status";
    }
  }
}
