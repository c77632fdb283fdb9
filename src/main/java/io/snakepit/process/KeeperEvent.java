package io.snakepit.process;

import java.time.Duration;

/** An event that a keeper reports; {@code proto/README.md} has the frames. */
sealed interface KeeperEvent {

  record Hello(String token, long pid, String python) implements KeeperEvent {
    /** Leaves the token out: it is a secret. */
    @Override
    public String toString() {
      return "Hello[pid=%d python=%s]".formatted(pid, python);
    }
  }

  record Started(String worker, long pid, long startTicks) implements KeeperEvent {}

  record StartFailed(String worker, PythonFailure failure) implements KeeperEvent {}

  record Exited(String worker, Exit exit) implements KeeperEvent {}

  record Line(String worker, OutputLine line) implements KeeperEvent {}

  record Imported(Duration took) implements KeeperEvent {}

  record ImportFailed(PythonFailure failure) implements KeeperEvent {}

  record Fallback(String reason) implements KeeperEvent {}

  record Limited(String memory, String cpus, String detail) implements KeeperEvent {}

  /** Tells the event to a listener. */
  default void tell(KeeperListener listener) {
    if (this instanceof Started started) {
      listener.started(started.worker(), started.pid(), started.startTicks());
    } else if (this instanceof StartFailed failed) {
      listener.startFailed(failed.worker(), failed.failure());
    } else if (this instanceof Exited exited) {
      listener.exited(exited.worker(), exited.exit());
    } else if (this instanceof Line line) {
      listener.line(line.worker(), line.line());
    } else if (this instanceof Imported imported) {
      listener.imported(imported.took());
    } else if (this instanceof ImportFailed failed) {
      listener.importFailed(failed.failure());
    } else if (this instanceof Fallback fallback) {
      listener.fallback(fallback.reason());
    } else if (this instanceof Limited limited) {
      listener.limited(limited.memory(), limited.cpus(), limited.detail());
    }
  }
}
