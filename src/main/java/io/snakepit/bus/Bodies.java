package io.snakepit.bus;

import io.snakepit.api.ErrorCode;
import io.snakepit.api.HostJson;
import io.snakepit.api.Shown;
import io.snakepit.api.SnakepitException;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
    Object body = body(message);
    if (body == null) {
      return new JsonObject();
    }
    if (!(body instanceof JsonObject json)) {
      throw invalid("the body must be a JSON object: got " + Shown.of(body));
    }
    for (String key : json.fieldNames()) {
      if (!keys.contains(key)) {
        throw invalid("unknown key \"%s\": %s".formatted(Shown.of(key), known(keys)));
      }
    }
    return json;
  }

  /** Returns the body, which is read from its bytes only now if another member has sent it. */
  private static @Nullable Object body(Message<?> message) {
    try {
      return message.body();
    } catch (DecodeException e) {
      throw invalid(
          "the message can't be read: JSON may be nested to at most %d levels, and its numbers may have at most %d digits"
              .formatted(HostJson.MAX_DEPTH, HostJson.MAX_DIGITS));
    }
  }

  private static String known(List<String> keys) {
    return keys.isEmpty() ? "there are no keys here" : "the keys are " + String.join(", ", keys);
  }

  private static SnakepitException invalid(String message) {
    return new SnakepitException(ErrorCode.INVALID_REQUEST, message);
  }
}
