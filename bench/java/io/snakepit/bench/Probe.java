package io.snakepit.bench;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;

/** A client that asks for something every now and then, and counts how it goes. */
final class Probe {
  /** The time between two questions. */
  static final int PAUSE_MS = 20;

  private final int port;
  private final String request;
  private final AtomicLong asked = new AtomicLong();
  private final AtomicLong ok = new AtomicLong();
  private final AtomicLong longest = new AtomicLong();

  Probe(int port, String request) {
    this.port = port;
    this.request = request;
  }

  void look() throws IOException {
    long begin = System.nanoTime();
    asked.incrementAndGet();
    try (HostileClient client = new HostileClient(port)) {
      client.send(request);
      if (client.status() == 200) {
        ok.incrementAndGet();
      }
    } finally {
      longest.accumulateAndGet(System.nanoTime() - begin, Math::max);
    }
    Pause.millis(PAUSE_MS);
  }

  void forget() {
    asked.set(0);
    ok.set(0);
    longest.set(0);
  }

  double longestMillis() {
    return longest.get() / 1e6;
  }

  double percentOk() {
    return 100.0 * ok.get() / asked.get();
  }

  long failures() {
    return asked.get() - ok.get();
  }
}
