package io.snakepit.bus;

import io.snakepit.api.ErrorCode;
import io.snakepit.api.SnakepitException;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** Reader of messages that anyone may send: JSON objects with known keys alone. */
public final class Bodies {
  private Bodies() {}

  /**
   * Returns the body of a message; none at all counts as an empty object.
   *
   * @param keys that it may have
   * @throws SnakepitException {@code INVALID_REQUEST}, naming what is at fault
   */
  public static JsonObject read(Message<?> message, List<String> keys) {
    Object body = message.body();
    if (body == null) {
      return new JsonObject();
    }
    if (!(body instanceof JsonObject json)) {
      throw invalid("the body must be a JSON object: got " + body.getClass().getSimpleName());
    }
    for (String key : json.fieldNames()) {
      if (!keys.contains(key)) {
        throw invalid("unknown key \"%s\": %s".formatted(key, known(keys)));
      }
    }
    return json;
  }

  private static String known(List<String> keys) {
    return keys.isEmpty() ? "there are no keys here" : "the keys are " + String.join(", ", keys);
  }

  private static SnakepitException invalid(String message) {
    return new SnakepitException(ErrorCode.INVALID_REQUEST, message);
  }
}
