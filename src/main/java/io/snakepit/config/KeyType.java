package io.snakepit.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** The type of a key: the values that it takes. */
sealed interface KeyType {

  /** Returns what is allowed, as in "must be …". */
  String rule();

  /** Returns whether a value is allowed. */
  boolean allows(JsonNode value);

  /** Returns whether a variable's text is the value as it stands, rather than YAML. */
  default boolean isText() {
    return false;
  }

  /** A whole number within bounds, both included. */
  record Whole(long min, long max) implements KeyType {
    @Override
    public String rule() {
      return "a whole number between %d and %d".formatted(min, max);
    }

    @Override
    public boolean allows(JsonNode value) {
      return value.isIntegralNumber()
          && value.canConvertToLong()
          && value.longValue() >= min
          && value.longValue() <= max;
    }
  }

  /** A number within bounds, both included. */
  record Decimal(double min, double max) implements KeyType {
    @Override
    public String rule() {
      return "a number between %s and %s".formatted(plain(min), plain(max));
    }

    private static String plain(double value) {
      return value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
    }

    @Override
    public boolean allows(JsonNode value) {
      return value.isNumber() && value.doubleValue() >= min && value.doubleValue() <= max;
    }
  }

  /** A flag: true or false. */
  record Flag() implements KeyType {
    @Override
    public String rule() {
      return "true or false";
    }

    @Override
    public boolean allows(JsonNode value) {
      return value.isBoolean();
    }
  }

  /** A text of a certain form. */
  record Text(Pattern form, String rule) implements KeyType {
    @Override
    public boolean allows(JsonNode value) {
      return value.isTextual() && form.matcher(value.textValue()).matches();
    }

    @Override
    public boolean isText() {
      return true;
    }
  }

  /** A text that a parser can read. */
  record Parsed(Predicate<String> form, String rule) implements KeyType {
    @Override
    public boolean allows(JsonNode value) {
      return value.isTextual() && form.test(value.textValue());
    }

    @Override
    public boolean isText() {
      return true;
    }
  }

  /** A word out of a few. */
  record OneOf(List<String> words) implements KeyType {
    @Override
    public String rule() {
      return "one of " + String.join(", ", words);
    }

    @Override
    public boolean allows(JsonNode value) {
      return value.isTextual() && words.contains(value.textValue());
    }

    @Override
    public boolean isText() {
      return true;
    }
  }

  /** The word {@code auto}, or a value of another type. */
  record AutoOr(KeyType other) implements KeyType {
    private static final String AUTO = "auto";

    @Override
    public String rule() {
      return AUTO + ", or " + other.rule();
    }

    @Override
    public boolean allows(JsonNode value) {
      return AUTO.equals(value.textValue()) || other.allows(value);
    }
  }

  /** Zero, which means none or no limit, or a value of another type. */
  record ZeroOr(KeyType other) implements KeyType {
    @Override
    public String rule() {
      return "0, or " + other.rule();
    }

    @Override
    public boolean allows(JsonNode value) {
      return (value.isNumber() && value.doubleValue() == 0) || other.allows(value);
    }
  }

  /** A list of which each element is allowed. */
  record ListOf(KeyType element, int atLeast) implements KeyType {
    @Override
    public String rule() {
      String what = "a list, each element " + element.rule();
      return atLeast > 0 ? what + ", with at least " + atLeast : what;
    }

    @Override
    public boolean allows(JsonNode value) {
      if (!value.isArray() || value.size() < atLeast) {
        return false;
      }
      for (JsonNode each : value) {
        if (!element.allows(each)) {
          return false;
        }
      }
      return true;
    }
  }

  /** Names of variables and their texts. */
  record TextMap() implements KeyType {
    private static final Pattern NAME = Pattern.compile("[^=\\x00]+");

    @Override
    public String rule() {
      return "a map from names to texts, no = in names, numbers and flags in quotes";
    }

    @Override
    public boolean allows(JsonNode value) {
      if (!value.isObject()) {
        return false;
      }
      return value.properties().stream()
          .allMatch(each -> NAME.matcher(each.getKey()).matches() && each.getValue().isTextual());
    }
  }

  /** A number of workers, or the bounds between which it may move. */
  record Size(int max) implements KeyType {
    static final long MAX_IDLE_MS = 86_400_000;

    private static final List<String> BOUNDS = List.of("min", "max", "idleMs");

    @Override
    public String rule() {
      return "between 1 and %d, or {min, max, idleMs} with min <= max, idleMs 1 to %d"
          .formatted(max, MAX_IDLE_MS);
    }

    @Override
    public boolean allows(JsonNode value) {
      return value.isObject() ? allowsBounds(value) : isCount(value);
    }

    private boolean allowsBounds(JsonNode value) {
      for (String name : (Iterable<String>) value::fieldNames) {
        if (!BOUNDS.contains(name)) {
          return false;
        }
      }
      JsonNode idle = value.path("idleMs");
      return isCount(value.path("min"))
          && isCount(value.path("max"))
          && value.path("min").intValue() <= value.path("max").intValue()
          && (idle.isMissingNode() || new Whole(1, MAX_IDLE_MS).allows(idle));
    }

    private boolean isCount(JsonNode value) {
      return new Whole(1, max).allows(value);
    }
  }
}
