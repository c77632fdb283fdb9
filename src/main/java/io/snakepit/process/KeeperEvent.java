package io.snakepit.process;

import java.time.Duration;
import java.util.List;

/** An event that a keeper reports; {@code proto/README.md} has the frames. */
sealed interface KeeperEvent {
  /** Tells the event to a listener. */
  void tell(KeeperListener listener);

  record Hello(String token, long pid, String python) implements KeeperEvent {
    /** Tells nothing: the acceptor alone hears it. */
    @Override
    public void tell(KeeperListener listener) {}

    /** Leaves the token out: it is a secret. */
    @Override
    public String toString() {
      return "Hello[pid=%d python=%s]".formatted(pid, python);
    }
  }

  record Started(String worker, long pid, long startTicks) implements KeeperEvent {
    @Override
    public void tell(KeeperListener listener) {
      listener.started(worker, pid, startTicks);
    }
  }

  record StartFailed(String worker, PythonFailure failure) implements KeeperEvent {
    @Override
    public void tell(KeeperListener listener) {
      listener.startFailed(worker, failure);
    }
  }

  record Exited(String worker, Exit exit) implements KeeperEvent {
    @Override
    public void tell(KeeperListener listener) {
      listener.exited(worker, exit);
    }
  }

  record Line(String worker, OutputLine line) implements KeeperEvent {
    @Override
    public void tell(KeeperListener listener) {
      listener.line(worker, line);
    }
  }

  record Imported(Duration took) implements KeeperEvent {
    @Override
    public void tell(KeeperListener listener) {
      listener.imported(took);
    }
  }

  record ImportFailed(PythonFailure failure) implements KeeperEvent {
    @Override
    public void tell(KeeperListener listener) {
      listener.importFailed(failure);
    }
  }

  record Fallback(List<String> reasons) implements KeeperEvent {
    @Override
    public void tell(KeeperListener listener) {
      listener.fallback(reasons);
    }
  }

  record ForkNotice(List<String> notices) implements KeeperEvent {
    @Override
    public void tell(KeeperListener listener) {
      listener.forkNotice(notices);
    }
  }

  record Limited(String memory, String cpus, String detail) implements KeeperEvent {
    @Override
    public void tell(KeeperListener listener) {
      listener.limited(memory, cpus, detail);
    }
  }
}
