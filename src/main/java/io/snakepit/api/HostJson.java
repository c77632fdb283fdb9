package io.snakepit.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The one way in which the host reads JSON, and the limits of what it takes. They hold at every
 * door, and in Python, which reads what the host only passes on. Any thread.
 */
public final class HostJson {
  /** The most levels to which arrays and objects may be nested, the outermost counted. */
  public static final int MAX_DEPTH = 500;

  /** The most digits that a number may have, which is what Python reads by default. */
  public static final int MAX_DIGITS = 4_300;

  /** Says of what is nested too deeply how deep it may be. */
  public static final String TOO_DEEP =
      "nested too deeply: arrays and objects may be nested to at most " + MAX_DEPTH + " levels";

  /** Says of a number that is too long how long it may be. */
  public static final String TOO_LONG =
      "a number that is too long: it may have at most " + MAX_DIGITS + " digits";

  /** The levels that words of ours may add around a caller's JSON, such as an envelope. */
  private static final int WRAPPING = 4;

  /** A pattern of what the parser says about itself at the end of its messages. */
  private static final Pattern INTERNALS =
      Pattern.compile("( ?\\(start marker at | ?\\(not recognized as one|: enable `).*$");

  private static final ObjectMapper VALUES = new ObjectMapper(factory(MAX_DEPTH + WRAPPING));
  private static final ObjectMapper GIVEN = new ObjectMapper(factory(MAX_DEPTH));

  /** The form of bytes that Vert.x uses in JSON, too. */
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  private HostJson() {}

  /**
   * Makes a factory of parsers with the limits of this host. Texts and names have none but that of
   * the body they stand in.
   *
   * @param depth to which arrays and objects may be nested
   */
  public static JsonFactory factory(int depth) {
    return JsonFactory.builder()
        .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
        .streamReadConstraints(
            StreamReadConstraints.builder()
                .maxNestingDepth(depth)
                .maxNumberLength(MAX_DIGITS)
                .maxNameLength(Integer.MAX_VALUE)
                .maxStringLength(Integer.MAX_VALUE)
                .build())
        .build()
        .enable(JsonGenerator.Feature.COMBINE_UNICODE_SURROGATES_IN_UTF8);
  }

  /**
   * Reads a value: {@code JsonObject}, {@code JsonArray}, {@code String}, {@code Number}, {@code
   * Boolean} or null.
   *
   * @throws DecodeException if it is no JSON, or beyond the limits
   */
  public static @Nullable Object read(Buffer json) {
    return read(json, VALUES);
  }

  /**
   * Checks what a caller gives, which no words of ours are around yet.
   *
   * @throws DecodeException if it is no JSON, or beyond the limits
   */
  public static void check(Buffer json) {
    read(json, GIVEN);
  }

  private static @Nullable Object read(Buffer json, ObjectMapper mapper) {
    try (JsonParser parser = mapper.getFactory().createParser(new BufferInput(json))) {
      Object value = mapper.readValue(parser, Object.class);
      if (parser.nextToken() != null) {
        throw new DecodeException("the text goes on after its JSON value");
      }
      return wrapped(value);
    } catch (IOException e) {
      throw new DecodeException(explain("the text", e), e);
    }
  }

  /**
   * Reads an object.
   *
   * @throws DecodeException if it is no JSON object, or beyond the limits
   */
  public static JsonObject readObject(Buffer json) {
    if (read(json) instanceof JsonObject object) {
      return object;
    }
    throw new DecodeException("the text is no JSON object");
  }

  @SuppressWarnings("unchecked")
  private static @Nullable Object wrapped(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      return new JsonObject((Map<String, Object>) map);
    }
    return value instanceof List<?> list ? new JsonArray((List<Object>) list) : value;
  }

  /**
   * Writes arguments of a call. Values are those of {@link Arguments}: one method per level goes on
   * the stack, so that what is within the limits is written on any thread.
   *
   * @throws IOException if they can't be written
   */
  static Buffer write(JsonObject arguments) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator out = VALUES.getFactory().createGenerator(bytes)) {
      writeObject(arguments.getMap(), out);
    }
    return Buffer.buffer(bytes.toByteArray());
  }

  private static void writeObject(Map<?, ?> members, JsonGenerator out) throws IOException {
    out.writeStartObject();
    for (Map.Entry<?, ?> member : members.entrySet()) {
      out.writeFieldName(String.valueOf(member.getKey()));
      writeValue(member.getValue(), out);
    }
    out.writeEndObject();
  }

  private static void writeValue(@Nullable Object value, JsonGenerator out) throws IOException {
    if (value instanceof JsonObject object) {
      writeObject(object.getMap(), out);
    } else if (value instanceof JsonArray array) {
      out.writeStartArray();
      for (Object each : array.getList()) {
        writeValue(each, out);
      }
      out.writeEndArray();
    } else {
      writeScalar(value, out);
    }
  }

  private static void writeScalar(@Nullable Object value, JsonGenerator out) throws IOException {
    if (value == null) {
      out.writeNull();
    } else if (value instanceof Number number) {
      out.writeNumber(number.toString());
    } else if (value instanceof Boolean flag) {
      out.writeBoolean(flag);
    } else if (value instanceof byte[] bytes) {
      out.writeString(BASE64.encodeToString(bytes));
    } else if (value instanceof Buffer bytes) {
      out.writeString(BASE64.encodeToString(bytes.getBytes()));
    } else {
      out.writeString(value instanceof Enum<?> constant ? constant.name() : value.toString());
    }
  }

  /**
   * Returns why JSON can't be read, in words of ours.
   *
   * @param what was read, such as {@code the body}
   */
  public static String explain(String what, IOException fault) {
    if (fault instanceof StreamConstraintsException limit) {
      boolean depth = String.valueOf(limit.getOriginalMessage()).contains("depth");
      return what + (depth ? " is " + TOO_DEEP : " has " + TOO_LONG);
    }
    if (fault instanceof JsonProcessingException e) {
      JsonLocation place = e.getLocation();
      return "%s is not valid JSON at line %d, column %d: %s"
          .formatted(
              what,
              place == null ? 1 : place.getLineNr(),
              place == null ? 1 : place.getColumnNr(),
              Shown.of(INTERNALS.matcher(String.valueOf(e.getOriginalMessage())).replaceAll("")));
    }
    return what + " is not valid UTF-8: " + Shown.of(String.valueOf(fault.getMessage()));
  }
}
