package io.snakepit.eventbus;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.JsonLength;
import io.snakepit.api.Shown;
import io.snakepit.api.SnakepitException;
import io.snakepit.api.waiting.ByteBudget;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.math.BigInteger;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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
    if (arguments(body) != null) {
      call = withArguments(call, body);
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

  /** Returns whether its arguments are so many that reading them would take long. */
  static boolean isLarge(JsonObject body) {
    return !(arguments(body) instanceof Buffer)
        && JsonLength.isOver(ByteBudget.SMALL_BYTES, arguments(body));
  }

  private static Call withArguments(Call call, JsonObject body) {
    Object args = arguments(body);
    if (args instanceof JsonObject || args instanceof Map<?, ?>) {
      return call.args(body.getJsonObject("args"));
    }
    Buffer bytes = args instanceof String text ? decoded(text) : null;
    bytes = args instanceof Buffer given ? given : bytes;
    if (bytes == null) {
      throw invalid("args must be a JSON object or a Buffer that holds one: got " + Shown.of(args));
    }
    return call.body(bytes);
  }

  /** Returns the arguments as they stand: getValue would write a Buffer as base64. */
  private static @Nullable Object arguments(JsonObject body) {
    return body.getMap().get("args");
  }

  /**
   * Returns whether the arguments come as a Buffer, so that the result is to go as one. Between
   * members of a cluster both are base64 in the message's JSON: that is how Vert.x writes a Buffer,
   * and {@code getBuffer} reads it.
   */
  static boolean isRaw(JsonObject body) {
    Object args = arguments(body);
    return args instanceof Buffer || args instanceof String;
  }

  /** Reads what Vert.x has made of a Buffer that holds a JSON object. */
  private static @Nullable Buffer decoded(String base64) {
    try {
      Buffer bytes = Buffer.buffer(Base64.getUrlDecoder().decode(base64));
      return isObject(bytes) ? bytes : null;
    } catch (IllegalArgumentException noBase64) {
      return null;
    }
  }

  private static boolean isObject(Buffer json) {
    for (int i = 0; i < json.length(); i++) {
      byte next = json.getByte(i);
      if (next != ' ' && next != '\t' && next != '\n' && next != '\r') {
        return next == '{';
      }
    }
    return json.length() == 0;
  }

  /** Returns the text of a key; empty where there is none. */
  static String text(JsonObject body, String key) {
    Object value = body.getValue(key, "");
    if (value instanceof String text) {
      return text;
    }
    throw invalid("%s must be a text: got %s".formatted(key, Shown.of(value)));
  }

  private static long wholeNumber(JsonObject body, String key) {
    Object value = body.getValue(key);
    if (value instanceof Integer || value instanceof Long) {
      return ((Number) value).longValue();
    }
    if (value instanceof BigInteger whole) {
      // More than a long holds; what a call makes of it is its own affair.
      return whole.signum() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
    throw invalid("%s must be a whole number: got %s".formatted(key, Shown.of(value)));
  }

  private static boolean flag(JsonObject body, String key) {
    Object value = body.getValue(key, false);
    if (value instanceof Boolean flag) {
      return flag;
    }
    throw invalid("%s must be true or false: got %s".formatted(key, Shown.of(value)));
  }

  static SnakepitException invalid(String message) {
    return new SnakepitException(ErrorCode.INVALID_REQUEST, message);
  }
}
