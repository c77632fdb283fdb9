package io.snakepit.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Many clients, each on a thread of its own, until they are closed. */
final class Crowd implements AutoCloseable {
  /** An action of a client. */
  interface Action {
    void run() throws IOException;
  }

  private final List<Thread> threads = new ArrayList<>();
  private final AtomicBoolean over = new AtomicBoolean();

  boolean isOver() {
    return over.get();
  }

  /** Has a client do something again and again; what the host ends is begun anew. */
  void repeat(Action action) {
    Thread thread =
        new Thread(
            () -> {
              while (!over.get()) {
                once(action);
              }
            });
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
  }

  void once(Action action) {
    try {
      action.run();
    } catch (IOException ended) {
      if (!over.get()) {
        Pause.millis(Probe.PAUSE_MS);
      }
    }
  }

  @Override
  public void close() {
    over.set(true);
    for (Thread thread : threads) {
      try {
        thread.join(Probe.PAUSE_MS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
