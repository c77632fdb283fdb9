package io.snakepit.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.snakepit.config.PoolOptions.PoolSize;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.List;

/**
 * Reader of the bodies of orders. Everything throws {@code INVALID_REQUEST}, naming the key at
 * fault.
 */
final class OrderBody {
  private static final int SHOWN = 200;
  private static final String SIZE = "size";
  private static final List<String> BOUNDS = List.of("min", "max", "idleMs");

  private static final ObjectMapper VALUES =
      new ObjectMapper(
          JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build());

  private OrderBody() {}

  /** Reads an order that says nothing more: no body, or an object without keys. */
  static JsonObject none(Buffer body) {
    for (String key : (Iterable<String>) object(body)::fieldNames) {
      throw Problem.invalid("unknown key \"%s\": there are no keys here".formatted(shown(key)));
    }
    return new JsonObject();
  }

  /** Reads {@code {"size"}}, a number or {@code {"min","max","idleMs"?}}. */
  static JsonObject size(Buffer body) {
    JsonNode order = object(body);
    checkKeys(order, "", List.of(SIZE));
    JsonNode size = order.path(SIZE);
    checkKeys(size, "size.", BOUNDS);
    Object plain = VALUES.convertValue(size, Object.class);
    try {
      PoolSize.read(plain);
    } catch (IllegalArgumentException e) {
      throw Problem.invalid(shown("size " + e.getMessage()));
    }
    return new JsonObject().put(SIZE, plain);
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

  private static JsonNode object(Buffer body) {
    byte[] bytes = body.getBytes();
    if (bytes.length == 0) {
      return VALUES.createObjectNode();
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
    try (JsonParser parser = VALUES.createParser(bytes)) {
      JsonNode node = VALUES.readTree(parser);
      if (parser.nextToken() != null) {
        throw Problem.invalid("the body goes on after its JSON value");
      }
      return node == null ? MissingNode.getInstance() : node;
    } catch (IOException e) {
      throw JsonText.explain(e);
    }
  }

  private static String shown(String text) {
    return text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text;
  }
}
