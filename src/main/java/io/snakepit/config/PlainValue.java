package io.snakepit.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A reader of values that anyone may have sent, where a number or a few of them are wanted. Looks
 * at no more than that, so that neither depth nor size of a value costs anything.
 */
final class PlainValue {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** The most members that a value has which is looked at. */
  private static final int MAX_MEMBERS = 8;

  /** The most characters of a text, and bits of a number, that are looked at. */
  private static final int MAX_LENGTH = 256;

  private PlainValue() {}

  /** Returns a value as a node; one that is large, nested or no JSON as a missing one. */
  static JsonNode read(@Nullable Object value) {
    return isFlat(value) ? MAPPER.valueToTree(value) : MissingNode.getInstance();
  }

  /** Returns what is shown of a value that {@link #read} has made a node of. */
  static String shown(JsonNode node, @Nullable Object value) {
    if (!node.isMissingNode()) {
      return node.toString();
    }
    if (value instanceof Map) {
      return "an object, large or nested";
    }
    if (value instanceof Number) {
      return "a number of many digits";
    }
    return value instanceof Collection ? "an array" : "a long text, or no value of JSON";
  }

  private static boolean isFlat(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      return areScalars(map.values()) && areScalars(map.keySet());
    }
    return value instanceof Collection<?> all ? areScalars(all) : isScalar(value);
  }

  private static boolean areScalars(Collection<?> all) {
    return all.size() <= MAX_MEMBERS && all.stream().allMatch(PlainValue::isScalar);
  }

  private static boolean isScalar(@Nullable Object value) {
    if (value instanceof String text) {
      return text.length() <= MAX_LENGTH;
    }
    if (value instanceof BigInteger whole) {
      return whole.bitLength() <= MAX_LENGTH;
    }
    if (value instanceof BigDecimal decimal) {
      return decimal.unscaledValue().bitLength() <= MAX_LENGTH;
    }
    return value == null || value instanceof Number || value instanceof Boolean;
  }
}
