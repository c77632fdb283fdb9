package io.snakepit.api;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Length of JSON as {@link HostJson} writes it, in bytes, found in one walk that writes nothing: so
 * what is large can be counted, and written elsewhere. Any thread.
 */
public final class JsonLength {
  private static final int BRACKETS = 2;
  private static final int QUOTES = 2;

  private JsonLength() {}

  /**
   * Returns whether a value has more bytes than that. Looks at no more of it than so many, so that
   * an event loop may ask.
   */
  public static boolean isOver(long limit, @Nullable Object value) {
    return of(value, limit) > limit;
  }

  /** Returns the length of an object. */
  static long of(JsonObject object) {
    return of(object, Long.MAX_VALUE);
  }

  /** Returns the length of a value, or any that is over the limit as soon as it is. */
  private static long of(@Nullable Object value, long limit) {
    if (value instanceof String text) {
      return ofText(text, limit);
    }
    if (value instanceof Integer || value instanceof Long) {
      return ofWhole(((Number) value).longValue());
    }
    if (value instanceof JsonObject object) {
      return ofMembers(object.getMap(), limit);
    }
    if (value instanceof JsonArray array) {
      return ofElements(array.getList(), limit);
    }
    if (value instanceof Map<?, ?> map) {
      return ofMembers(map, limit);
    }
    return value instanceof List<?> list ? ofElements(list, limit) : ofScalar(value, limit);
  }

  private static long ofMembers(Map<?, ?> members, long limit) {
    long bytes = BRACKETS + commas(members.size());
    for (Map.Entry<?, ?> each : members.entrySet()) {
      bytes += ofText(String.valueOf(each.getKey()), limit - bytes) + 1;
      bytes += of(each.getValue(), limit - bytes);
      if (bytes > limit) {
        return bytes;
      }
    }
    return bytes;
  }

  private static long ofElements(List<?> elements, long limit) {
    long bytes = BRACKETS + commas(elements.size());
    for (Object each : elements) {
      bytes += of(each, limit - bytes);
      if (bytes > limit) {
        return bytes;
      }
    }
    return bytes;
  }

  private static long ofScalar(@Nullable Object value, long limit) {
    if (value instanceof Buffer bytes) {
      return ofBytes(bytes.length());
    }
    if (value instanceof byte[] bytes) {
      return ofBytes(bytes.length);
    }
    if (value == null || value instanceof Number || value instanceof Boolean) {
      return String.valueOf(value).length();
    }
    return ofText(value instanceof Enum<?> constant ? constant.name() : value.toString(), limit);
  }

  private static long commas(int size) {
    return Math.max(0L, size - 1L);
  }

  /** Returns the length of bytes as base64 without padding. */
  private static long ofBytes(long length) {
    return QUOTES + (length * 4 + 2) / 3;
  }

  private static int ofWhole(long value) {
    int digits = value < 0 ? 2 : 1;
    for (long rest = value / 10; rest != 0; rest /= 10) {
      digits++;
    }
    return digits;
  }

  private static long ofText(String text, long limit) {
    long bytes = QUOTES;
    if (bytes + text.length() > limit) {
      return bytes + text.length();
    }
    for (int i = 0; i < text.length(); i++) {
      bytes += ofLetter(text.charAt(i));
    }
    return bytes;
  }

  /** Returns the length of a letter; of half a surrogate pair, half of the pair's. */
  private static int ofLetter(char c) {
    if (c >= ' ' && c < 0x80) {
      return c == '"' || c == '\\' ? 2 : 1;
    }
    if (c < ' ') {
      return "\b\t\n\f\r".indexOf(c) >= 0 ? 2 : 6;
    }
    return c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
  }
}
