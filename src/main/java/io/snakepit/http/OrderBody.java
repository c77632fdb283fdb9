package io.snakepit.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.List;

/**
 * Reads what an order says. Keys and types are checked here; which sizes a pool may have is for the
 * pool to say. Everything throws {@code INVALID_REQUEST}, naming the key at fault.
 */
final class OrderBody {
  private static final int SHOWN = 100;
  private static final String SIZE = "size";
  private static final String COUNT = "a whole number between 1 and " + Integer.MAX_VALUE;
  private static final List<String> BOUNDS = List.of("min", "max", "idleMs");

  private static final ObjectReader READER =
      JsonMapper.builder(
              JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .reader();

  private OrderBody() {}

  /** An order that says nothing more: no body, or an object without keys. */
  static JsonObject none(Buffer body) {
    for (String key : (Iterable<String>) object(body)::fieldNames) {
      throw Problem.invalid("unknown key \"%s\": there are no keys here".formatted(shown(key)));
    }
    return new JsonObject();
  }

  /** {@code {"size"}}, a number or {@code {"min","max","idleMs"?}}. */
  static JsonObject size(Buffer body) {
    JsonNode order = object(body);
    checkKeys(order, "", List.of(SIZE));
    JsonNode size = order.path(SIZE);
    return new JsonObject().put(SIZE, size.isObject() ? bounds(size) : count(order, "", SIZE));
  }

  private static JsonObject bounds(JsonNode size) {
    checkKeys(size, "size.", BOUNDS);
    JsonObject bounds =
        new JsonObject()
            .put("min", count(size, "size.", "min"))
            .put("max", count(size, "size.", "max"));
    return size.has("idleMs") ? bounds.put("idleMs", count(size, "size.", "idleMs")) : bounds;
  }

  private static void checkKeys(JsonNode object, String path, List<String> known) {
    for (String key : (Iterable<String>) object::fieldNames) {
      if (!known.contains(key)) {
        throw Problem.invalid(
            "unknown key \"%s%s\": the keys are %s"
                .formatted(path, shown(key), String.join(", ", known)));
      }
    }
  }

  private static int count(JsonNode object, String path, String key) {
    JsonNode value = object.path(key);
    if (value.isIntegralNumber() && value.canConvertToInt() && value.intValue() >= 1) {
      return value.intValue();
    }
    String rule = key.equals(SIZE) ? COUNT + ", or {min, max, idleMs}" : COUNT;
    String seen = value.isMissingNode() ? "it is missing" : "got " + shown(value.toString());
    throw Problem.invalid("%s%s must be %s: %s".formatted(path, key, rule, seen));
  }

  private static JsonNode object(Buffer body) {
    byte[] bytes = body.getBytes();
    if (bytes.length == 0) {
      return READER.createObjectNode();
    }
    JsonText.checkEncoding(bytes);
    JsonNode node = read(bytes);
    if (!node.isObject()) {
      throw Problem.invalid(
          "the body must be a JSON object: got "
              + (node.isMissingNode() ? "nothing" : shown(node.toString())));
    }
    return node;
  }

  private static JsonNode read(byte[] bytes) {
    try {
      return READER.readTree(bytes);
    } catch (IOException e) {
      throw JsonText.explain(e);
    }
  }

  private static String shown(String text) {
    return text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text;
  }
}
