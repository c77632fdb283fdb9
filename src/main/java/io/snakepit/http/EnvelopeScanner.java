package io.snakepit.http;

import io.snakepit.api.Call;
import io.snakepit.api.Shown;
import io.snakepit.api.SnakepitException;
import io.vertx.core.buffer.Buffer;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Scanner of an envelope's bytes as they arrive. The arguments are looked over, since one has to
 * find their end, but not read. Everything throws {@code INVALID_REQUEST} that names the key or the
 * place at fault, as soon as that has arrived.
 */
final class EnvelopeScanner implements JsonScanner.Members {
  private static final String KEYS = "tool, args, pool, session, timeoutMs, idempotent";
  private static final int MAX_LONG_DIGITS = 18;

  private final JsonScanner scanner = new JsonScanner(this);
  private final Set<String> seen = new HashSet<>();
  private String key = "";
  private @Nullable String tool;
  private long argsStart = -1;
  private long argsEnd;
  private @Nullable String pool;
  private @Nullable String session;
  private long timeoutMs;
  private @Nullable Boolean idempotent;

  /** Walks over what has arrived. */
  void feed(Buffer piece) {
    scanner.feed(piece);
  }

  /** Returns the pool that is named, as far as has arrived; empty if none is. */
  String poolSoFar() {
    return pool == null ? "" : pool;
  }

  /** Returns the tool that is named, as far as has arrived; null if none is. */
  @Nullable String toolSoFar() {
    return tool;
  }

  /**
   * Ends the walk.
   *
   * @param body all that has been fed, of which the arguments are a part
   * @throws SnakepitException {@code INVALID_REQUEST}
   */
  Envelope end(Buffer body) {
    scanner.end();
    if (tool == null) {
      throw Problem.invalid("tool must be the name of a tool: it is missing");
    }
    Buffer args = argsStart < 0 ? null : body.slice((int) argsStart, (int) argsEnd);
    return new Envelope(tool, args, pool, session, timeoutMs, idempotent);
  }

  @Override
  public void root(JsonKind kind) {
    if (kind != JsonKind.OBJECT) {
      throw Problem.invalid("the body must be a JSON object: got " + kind);
    }
  }

  @Override
  public void name(String name) {
    key = name;
    if (!isKey(name)) {
      throw Problem.invalid("unknown key \"%s\": the keys are %s".formatted(Shown.of(name), KEYS));
    }
    if (!seen.add(name)) {
      throw Problem.invalid("key \"%s\" stands there twice".formatted(name));
    }
  }

  private static boolean isKey(String name) {
    return switch (name) {
      case "tool", "args", "pool", "session", "timeoutMs", "idempotent" -> true;
      default -> false;
    };
  }

  @Override
  public void begins(JsonKind kind) {
    switch (key) {
      case "args" -> require(kind == JsonKind.OBJECT, "an object", kind);
      case "timeoutMs" ->
          require(
              kind == JsonKind.WHOLE || kind == JsonKind.DECIMAL,
              "a whole number of at least 1",
              kind);
      case "idempotent" ->
          require(kind == JsonKind.TRUE || kind == JsonKind.FALSE, "true or false", kind);
      default -> require(kind == JsonKind.TEXT, "a text", kind);
    }
  }

  private void require(boolean fits, String rule, Object got) {
    if (!fits) {
      throw Problem.invalid("%s must be %s: got %s".formatted(key, rule, got));
    }
  }

  @Override
  public void ends(JsonKind kind, long start, long end, String text) {
    switch (key) {
      case "tool" -> tool = text;
      case "pool" -> pool = text;
      case "session" -> session = text;
      case "timeoutMs" -> timeoutMs = positive(kind, text);
      case "idempotent" -> idempotent = kind == JsonKind.TRUE;
      default -> {
        argsStart = start;
        argsEnd = end;
      }
    }
  }

  /** Returns a time; one that no clock can count is the longest there is. */
  private long positive(JsonKind kind, String digits) {
    require(kind == JsonKind.WHOLE, "a whole number of at least 1", "another number");
    if (digits.length() > MAX_LONG_DIGITS && !digits.startsWith("-")) {
      return Call.LONGEST_TIMEOUT_MS;
    }
    if (digits.startsWith("-") || digits.equals("0")) {
      String shown = digits.length() > MAX_LONG_DIGITS ? digits.substring(0, 18) + "…" : digits;
      throw Problem.invalid("timeoutMs must be at least 1: got " + shown);
    }
    return Long.parseLong(digits);
  }
}
