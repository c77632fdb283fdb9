package io.snakepit.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.json.JsonObject;

/**
 * Keys that are laid over a file, key by key, and that no variable overrides. Lists replace.
 *
 * @param origin where they were set, told in faults; may be empty
 */
record Overlay(ObjectNode keys, String origin) {
  /** An overlay that sets nothing. */
  static final Overlay NONE = of(new JsonObject(), "");

  /** Makes an overlay of a configuration in JSON. */
  static Overlay of(JsonObject json, String origin) {
    return new Overlay(YamlText.parse("", json.encode()).root(), origin);
  }

  /** Lays all keys over those of a configuration. */
  void layOver(ObjectNode root) {
    merge(root, keys);
  }

  private static void merge(ObjectNode under, ObjectNode over) {
    over.properties()
        .forEach(
            field -> {
              JsonNode below = under.get(field.getKey());
              if (below instanceof ObjectNode lower
                  && field.getValue() instanceof ObjectNode upper) {
                merge(lower, upper);
              } else {
                under.set(field.getKey(), field.getValue().deepCopy());
              }
            });
  }

  /** Returns whether this sets a path, something below it, or what it would lie in. */
  boolean sets(String path) {
    JsonNode node = keys;
    for (String name : path.split("\\.", -1)) {
      if (node.isMissingNode()) {
        return false;
      }
      if (!(node instanceof ObjectNode section)) {
        return true;
      }
      node = section.path(name);
    }
    return !node.isMissingNode();
  }
}
