package io.snakepit.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.snakepit.api.HostJson;
import io.snakepit.api.Shown;
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
  private static final String SIZE = "size";
  private static final List<String> BOUNDS = List.of("min", "max", "idleMs");

  private static final ObjectMapper VALUES =
      new ObjectMapper(
          HostJson.factory(HostJson.MAX_DEPTH)
              .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION));

  private OrderBody() {}

  /** Reads an order that says nothing more: no body, or an object without keys. */
  static JsonObject none(Buffer body) {
    for (String key : (Iterable<String>) object(body)::fieldNames) {
      throw Problem.invalid("unknown key \"%s\": there are no keys here".formatted(Shown.of(key)));
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
      throw Problem.invalid(Shown.of("size " + e.getMessage()));
    }
    return new JsonObject().put(SIZE, plain);
  }

  private static void checkKeys(JsonNode object, String path, List<String> known) {
    for (String key : (Iterable<String>) object::fieldNames) {
      if (!known.contains(key)) {
        throw Problem.invalid(
            "unknown key \"%s%s\": the keys are %s"
                .formatted(path, Shown.of(key), String.join(", ", known)));
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
          "the body must be a JSON object: got " + (node.isMissingNode() ? "nothing" : kind(node)));
    }
    return node;
  }

  private static String kind(JsonNode node) {
    return switch (node.getNodeType()) {
      case ARRAY -> "an array";
      case STRING -> "a text";
      case NUMBER -> "a number";
      default -> node.toString();
    };
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
}
