package io.snakepit.api;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Copies of a caller's arguments, which no later change of theirs reaches, of values that JSON can
 * express without a loss. What it can't is refused with the place it stands at.
 */
final class Arguments {

  private Arguments() {}

  /** Returns a copy of all arguments. */
  static JsonObject copyOf(JsonObject arguments) {
    return copyOf(arguments.getMap(), "args");
  }

  /** Returns a copy of one argument's value. */
  static @Nullable Object copyOf(String name, @Nullable Object value) {
    return copy(value, "args." + name);
  }

  private static @Nullable Object copy(@Nullable Object value, String place) {
    if (value instanceof JsonObject object) {
      return copyOf(object.getMap(), place);
    }
    if (value instanceof Map<?, ?> map) {
      return copyOf(map, place);
    }
    if (value instanceof JsonArray array) {
      return copyOf(array.getList(), place);
    }
    if (value instanceof List<?> list) {
      return copyOf(list, place);
    }
    return scalar(value, place);
  }

  private static @Nullable Object scalar(@Nullable Object value, String place) {
    if (value instanceof Double || value instanceof Float) {
      return finite((Number) value, place);
    }
    if (value instanceof CharSequence || value instanceof Character) {
      return value.toString();
    }
    if (value instanceof Buffer bytes) {
      return bytes.copy();
    }
    if (value instanceof byte[] bytes) {
      return bytes.clone();
    }
    if (value == null
        || value instanceof Number
        || value instanceof Boolean
        || value instanceof Enum<?>
        || value instanceof Instant) {
      return value;
    }
    throw invalid(
        place + " must be a value that JSON can express: got a " + value.getClass().getName());
  }

  private static Number finite(Number number, String place) {
    if (!Double.isFinite(number.doubleValue())) {
      throw invalid(place + " must be a number that JSON can express: got " + number);
    }
    return number;
  }

  private static SnakepitException invalid(String message) {
    return new SnakepitException(ErrorCode.INVALID_REQUEST, message);
  }

  private static JsonObject copyOf(Map<?, ?> map, String place) {
    Map<String, Object> copy = new LinkedHashMap<>();
    map.forEach((key, value) -> copy.put(String.valueOf(key), copy(value, place + "." + key)));
    return new JsonObject(copy);
  }

  private static JsonArray copyOf(List<?> list, String place) {
    List<Object> copy = new ArrayList<>(list.size());
    for (Object each : list) {
      copy.add(copy(each, place + "[" + copy.size() + "]"));
    }
    return new JsonArray(copy);
  }
}
