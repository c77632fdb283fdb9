package io.snakepit.vertx;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Headers that may come only once: those that say where a request ends and whom it is for, and
 * those by which we go. Which of two would count, each reader on the way decides for itself.
 */
enum HeadField {
  HOST("Host"),
  CONTENT_TYPE("Content-Type"),
  CONTENT_LENGTH("Content-Length"),
  AUTHORIZATION("Authorization"),
  TRANSFER_ENCODING("Transfer-Encoding"),
  SNAKEPIT_SESSION("Snakepit-Session"),
  SNAKEPIT_CALL_ID("Snakepit-Call-Id"),
  SNAKEPIT_TIMEOUT_MS("Snakepit-Timeout-Ms"),
  SNAKEPIT_IDEMPOTENT("Snakepit-Idempotent"),
  /** Of a draft of WebSockets: the decoder takes 8 bytes behind such a head for a body. */
  SEC_WEBSOCKET_KEY1("Sec-WebSocket-Key1");

  /** The length of the longest name. */
  static final int MAX_LENGTH = 19;

  private static final HeadField[] ALL = values();

  private final String name;
  private final String lower;

  HeadField(String name) {
    this.name = name;
    this.lower = name.toLowerCase(Locale.ROOT);
  }

  /** Returns the name as it is written. */
  String text() {
    return name;
  }

  /** Returns whether the value counts, and not only that there is one. */
  boolean isRead() {
    return this == HOST || this == CONTENT_LENGTH || this == TRANSFER_ENCODING;
  }

  /**
   * Finds the field of a name.
   *
   * @param name in lower case
   * @return null: another one, which may come more than once
   */
  static @Nullable HeadField named(byte[] name, int length) {
    for (HeadField field : ALL) {
      if (field.lower.length() == length && field.isSame(name)) {
        return field;
      }
    }
    return null;
  }

  private boolean isSame(byte[] other) {
    for (int i = 0; i < lower.length(); i++) {
      if (lower.charAt(i) != other[i]) {
        return false;
      }
    }
    return true;
  }
}
