package io.snakepit.api;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Copies of a caller's arguments, which no later change of theirs reaches, of values that JSON can
 * express without a loss. What it can't is refused with the place it stands at.
 */
final class Arguments {
  /** The least integer that has a digit too many. */
  private static final BigInteger TOO_LARGE = BigInteger.TEN.pow(HostJson.MAX_DIGITS);

  private Arguments() {}

  /** Returns a copy of all arguments. */
  static JsonObject copyOf(JsonObject arguments) {
    return copyOf(arguments.getMap(), Place.ARGS, 1);
  }

  /** Returns a copy of one argument's value. */
  static @Nullable Object copyOf(String name, @Nullable Object value) {
    if (!Texts.isWellFormed(name)) {
      throw illFormed("the name of an argument");
    }
    return copy(value, Place.ARGS.member(name), 2);
  }

  /** Returns the arguments as JSON. */
  static Buffer write(JsonObject arguments) {
    try {
      return HostJson.write(arguments);
    } catch (IOException | RuntimeException e) { // a number of the caller's own may throw anything
      throw unwritable(e);
    }
  }

  /** Returns how many bytes {@link #write} will make of the arguments. */
  static long length(JsonObject arguments) {
    try {
      return JsonLength.of(arguments);
    } catch (RuntimeException e) {
      throw unwritable(e);
    }
  }

  /** Returns whether they are more than that, without looking at more of them. */
  static boolean isOver(long limit, JsonObject arguments) {
    try {
      return JsonLength.isOver(limit, arguments);
    } catch (RuntimeException e) {
      throw unwritable(e);
    }
  }

  private static SnakepitException unwritable(Exception why) {
    return invalid("args can't be written as JSON: " + Shown.of(String.valueOf(why.getMessage())));
  }

  /**
   * @param depth of the value, if it is an array or an object: the arguments themselves are at 1
   */
  private static @Nullable Object copy(@Nullable Object value, Place place, int depth) {
    if (value instanceof JsonObject object) {
      return copyOf(object.getMap(), place, depth);
    }
    if (value instanceof Map<?, ?> map) {
      return copyOf(map, place, depth);
    }
    if (value instanceof JsonArray array) {
      return copyOf(array.getList(), place, depth);
    }
    if (value instanceof List<?> list) {
      return copyOf(list, place, depth);
    }
    return scalar(value, place);
  }

  private static @Nullable Object scalar(@Nullable Object value, Place place) {
    if (value instanceof Number number) {
      return expressible(number, place);
    }
    if (value instanceof CharSequence || value instanceof Character) {
      String text = value.toString();
      if (!Texts.isWellFormed(text)) {
        throw illFormed(place.toString());
      }
      return text;
    }
    if (value instanceof Buffer bytes) {
      return bytes.copy();
    }
    if (value instanceof byte[] bytes) {
      return bytes.clone();
    }
    if (value == null
        || value instanceof Boolean
        || value instanceof Enum<?>
        || value instanceof Instant) {
      return value;
    }
    throw invalid(
        Shown.of(place.toString())
            + " must be a value that JSON can express: got a "
            + value.getClass().getName());
  }

  private static Number expressible(Number number, Place place) {
    if (isFloating(number) && !Double.isFinite(number.doubleValue())) {
      String seen =
          number instanceof BigDecimal ? "one beyond a double's range" : number.toString();
      throw invalid(
          Shown.of(place.toString())
              + " must be a number that JSON can express: got "
              + Shown.of(seen));
    }
    if ((number instanceof BigInteger big && big.abs().compareTo(TOO_LARGE) >= 0)
        || (number instanceof BigDecimal decimal && decimal.precision() > HostJson.MAX_DIGITS)) {
      throw invalid(Shown.of(place.toString()) + " is " + HostJson.TOO_LONG);
    }
    return number;
  }

  private static boolean isFloating(Number number) {
    return number instanceof Double || number instanceof Float || number instanceof BigDecimal;
  }

  private static SnakepitException illFormed(String place) {
    return invalid(
        Shown.of(place) + " must be a text that UTF-8 can express: it has half a surrogate pair");
  }

  private static SnakepitException invalid(String message) {
    return new SnakepitException(ErrorCode.INVALID_REQUEST, message);
  }

  private static void checkDepth(int depth) {
    if (depth > HostJson.MAX_DEPTH) {
      throw invalid("args is " + HostJson.TOO_DEEP);
    }
  }

  private static JsonObject copyOf(Map<?, ?> map, Place place, int depth) {
    checkDepth(depth);
    Map<String, Object> copy = new LinkedHashMap<>();
    map.forEach(
        (key, value) -> {
          String name = String.valueOf(key);
          if (!Texts.isWellFormed(name)) {
            throw illFormed("a key of " + place);
          }
          copy.put(name, copy(value, place.member(name), depth + 1));
        });
    return new JsonObject(copy);
  }

  private static JsonArray copyOf(List<?> list, Place place, int depth) {
    checkDepth(depth);
    List<Object> copy = new ArrayList<>(list.size());
    for (Object each : list) {
      copy.add(copy(each, place.element(copy.size()), depth + 1));
    }
    return new JsonArray(copy);
  }

  /**
   * A place within arguments. It is written only if something is wrong there: names may be long,
   * and values many.
   *
   * @param within null: it is that of all arguments
   * @param step from there to here
   */
  private record Place(@Nullable Place within, Object step) {
    static final Place ARGS = new Place(null, "args");

    Place member(String name) {
      return new Place(this, name);
    }

    Place element(int index) {
      return new Place(this, index);
    }

    @Override
    public String toString() {
      Deque<Object> steps = new ArrayDeque<>();
      for (Place each = this; each != null; each = each.within) {
        steps.push(each.step);
      }
      StringBuilder written = new StringBuilder();
      for (Object each : steps) {
        String dot = written.isEmpty() ? "" : ".";
        written.append(each instanceof Integer ? "[" + each + "]" : dot + each);
      }
      return written.toString();
    }
  }
}
