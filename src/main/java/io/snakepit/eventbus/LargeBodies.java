package io.snakepit.eventbus;

import io.snakepit.api.waiting.ByteBudget;
import io.snakepit.vertx.BusMessages;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;

/** Bound of what is read, copied and written on the event loop of the door. */
final class LargeBodies {
  private LargeBodies() {}

  /** Returns whether a body of JSON would occupy the event loop for more than about 1 ms. */
  static boolean isLarge(Buffer body) {
    return body.length() > ByteBudget.SMALL_BYTES;
  }

  /** Returns whether a message is one whose body it would take long to read. */
  static boolean isLarge(Message<?> message) {
    return BusMessages.unreadBytes(message) > ByteBudget.SMALL_BYTES;
  }
}
