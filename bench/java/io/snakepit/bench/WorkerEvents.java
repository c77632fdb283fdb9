package io.snakepit.bench;

import io.snakepit.api.Event;
import io.snakepit.bus.Addresses;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Events of a pool's workers, with the time at which each was heard. */
final class WorkerEvents {
  private static final long PATIENCE_S = 30;

  private final BlockingQueue<Heard> heard = new LinkedBlockingQueue<>();

  /** An event of one worker. */
  record Heard(String event, String worker, long nanos) {}

  WorkerEvents(Vertx vertx) {
    vertx.eventBus().<JsonObject>consumer(Addresses.EVENTS, message -> hear(message.body()));
  }

  private void hear(JsonObject event) {
    heard.add(
        new Heard(event.getString("event"), event.getString("worker", ""), System.nanoTime()));
  }

  /** Waits for the next event of that kind, and skips those before it. */
  Heard next(Event event) {
    try {
      while (true) {
        Heard next = heard.poll(PATIENCE_S, TimeUnit.SECONDS);
        if (next == null) {
          throw new IllegalStateException("no " + event.id() + " within " + PATIENCE_S + " s");
        }
        if (next.event.equals(event.id())) {
          return next;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted");
    }
  }

  /** Forgets what has been heard so far. */
  void clear() {
    heard.clear();
  }
}
