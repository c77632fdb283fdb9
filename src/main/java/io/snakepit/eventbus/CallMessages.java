package io.snakepit.eventbus;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.SnakepitException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;

/** Reader of calls that come as JSON over the event bus. */
final class CallMessages {
  /** Keys that a call may have. */
  static final List<String> KEYS =
      List.of("tool", "args", "pool", "session", "timeoutMs", "idempotent", "call");

  private CallMessages() {}

  /**
   * Reads a call.
   *
   * @throws SnakepitException {@code INVALID_REQUEST}, naming the key at fault
   */
  static Call read(JsonObject body) {
    Call call = Call.of(text(body, "tool"));
    // As it stands: getValue would write a Buffer as base64.
    Object args = body.getMap().get("args");
    if (args != null) {
      call = withArguments(call, args);
    }
    if (!text(body, "pool").isEmpty()) {
      call = call.pool(text(body, "pool"));
    }
    if (!text(body, "session").isEmpty()) {
      call = call.session(text(body, "session"));
    }
    if (!text(body, "call").isEmpty()) {
      call = call.id(text(body, "call"));
    }
    if (body.getValue("timeoutMs") != null) {
      call = call.timeoutMs(wholeNumber(body, "timeoutMs"));
    }
    return call.idempotent(flag(body, "idempotent"));
  }

  private static Call withArguments(Call call, Object args) {
    if (args instanceof JsonObject json) {
      return call.args(json);
    }
    if (args instanceof Map<?, ?>) {
      return call.args(new JsonObject(Json.encode(args)));
    }
    if (args instanceof Buffer bytes) {
      return call.body(bytes);
    }
    throw invalid("args must be a JSON object or a Buffer that holds one: got " + args);
  }

  /** Returns the text of a key; empty where there is none. */
  static String text(JsonObject body, String key) {
    Object value = body.getValue(key, "");
    if (value instanceof String text) {
      return text;
    }
    throw invalid("%s must be a text: got %s".formatted(key, value));
  }

  private static long wholeNumber(JsonObject body, String key) {
    Object value = body.getValue(key);
    if (value instanceof Integer || value instanceof Long) {
      return ((Number) value).longValue();
    }
    throw invalid("%s must be a whole number: got %s".formatted(key, value));
  }

  private static boolean flag(JsonObject body, String key) {
    Object value = body.getValue(key, false);
    if (value instanceof Boolean flag) {
      return flag;
    }
    throw invalid("%s must be true or false: got %s".formatted(key, value));
  }

  static SnakepitException invalid(String message) {
    return new SnakepitException(ErrorCode.INVALID_REQUEST, message);
  }
}
