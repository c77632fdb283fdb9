package io.snakepit.http;

import io.vertx.core.Future;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;

/** The event bus as far as it reaches within this JVM. */
final class LocalBus {
  /** How long an answer of this JVM's own may take. */
  private static final long ANSWER_MS = 5_000;

  private final EventBus bus;
  private final DeliveryOptions delivery =
      new DeliveryOptions().setLocalOnly(true).setSendTimeout(ANSWER_MS);

  LocalBus(EventBus bus) {
    this.bus = bus;
  }

  /** Sends a message and answers with its reply's body. */
  <T> Future<T> ask(String address, JsonObject message) {
    return bus.<T>request(address, message, delivery).map(Message::body);
  }
}
