package io.snakepit.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.snakepit.api.SnakepitException;
import io.vertx.core.buffer.Buffer;
import java.io.Closeable;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Scanner that walks once over an envelope's bytes. */
final class EnvelopeScanner implements Closeable {
  /** The depth to which arguments may be nested. */
  static final int MAX_DEPTH = 10_000;

  private static final String KEYS = "tool, args, pool, session, timeoutMs, idempotent";
  private static final int MAX_LONG_DIGITS = 18;

  private static final JsonFactory FACTORY =
      new JsonFactoryBuilder()
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .streamReadConstraints(
              // What tools take is for Python to say: numbers and names have no limit but the
              // body's.
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNumberLength(Integer.MAX_VALUE)
                  .maxNameLength(Integer.MAX_VALUE)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private final JsonParser parser;
  private final Buffer body;
  private final Set<String> seen = new HashSet<>();
  private @Nullable String tool;
  private @Nullable Buffer args;
  private @Nullable String pool;
  private @Nullable String session;
  private long timeoutMs;
  private @Nullable Boolean idempotent;

  /**
   * @param bytes UTF-8 without a byte-order mark
   * @param body the same bytes, of which the arguments are a part
   */
  EnvelopeScanner(byte[] bytes, Buffer body) throws IOException {
    this.parser = FACTORY.createParser(bytes);
    this.body = body;
  }

  /**
   * Reads the one object.
   *
   * @throws SnakepitException {@code INVALID_REQUEST} naming the key at fault
   * @throws IOException if it is no JSON
   */
  Envelope scan() throws IOException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw Problem.invalid("the body must be a JSON object: got " + seen(parser.currentToken()));
    }
    for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
      parser.nextToken();
      if (!seen.add(key)) {
        throw Problem.invalid("key \"%s\" stands there twice".formatted(key));
      }
      member(key);
    }
    if (parser.nextToken() != null) {
      throw Problem.invalid("the body goes on after its JSON object");
    }
    if (tool == null) {
      throw Problem.invalid("tool must be the name of a tool: it is missing");
    }
    return new Envelope(tool, args, pool, session, timeoutMs, idempotent);
  }

  @Override
  public void close() throws IOException {
    parser.close();
  }

  private void member(String key) throws IOException {
    switch (key) {
      case "tool" -> tool = text(key);
      case "args" -> args = object(key);
      case "pool" -> pool = text(key);
      case "session" -> session = text(key);
      case "timeoutMs" -> timeoutMs = positive(key);
      case "idempotent" -> idempotent = flag(key);
      default -> throw Problem.invalid("unknown key \"%s\": the keys are %s".formatted(key, KEYS));
    }
  }

  private String text(String key) throws IOException {
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      throw wrong(key, "a text");
    }
    return parser.getText();
  }

  private boolean flag(String key) {
    JsonToken token = parser.currentToken();
    if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
      throw wrong(key, "true or false");
    }
    return token == JsonToken.VALUE_TRUE;
  }

  private long positive(String key) throws IOException {
    JsonToken token = parser.currentToken();
    if (token != JsonToken.VALUE_NUMBER_INT || parser.getTextLength() > MAX_LONG_DIGITS) {
      throw Problem.invalid(
          "%s must be a whole number of at least 1: got %s"
              .formatted(key, token.isNumeric() ? "another number" : seen(token)));
    }
    long value = parser.getLongValue();
    if (value < 1) {
      throw Problem.invalid("%s must be at least 1: got %d".formatted(key, value));
    }
    return value;
  }

  private Buffer object(String key) throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw wrong(key, "an object");
    }
    long start = parser.currentTokenLocation().getByteOffset();
    parser.skipChildren();
    long end = parser.currentLocation().getByteOffset();
    return body.slice((int) start, (int) end);
  }

  private SnakepitException wrong(String key, String rule) {
    return Problem.invalid(
        "%s must be %s: got %s".formatted(key, rule, seen(parser.currentToken())));
  }

  private static String seen(@Nullable JsonToken token) {
    if (token == null) {
      return "nothing";
    }
    return switch (token) {
      case START_OBJECT -> "an object";
      case START_ARRAY -> "an array";
      case VALUE_STRING -> "a text";
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
      case VALUE_NULL -> "null";
      default -> token.asString();
    };
  }
}
