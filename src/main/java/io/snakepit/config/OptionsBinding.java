package io.snakepit.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Binding of a configuration without faults to {@link SnakepitOptions}: each key fills the record
 * component of its name. A key without a component, or a component without a key, is an error of
 * the program, which any load finds.
 */
final class OptionsBinding {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .build();

  private OptionsBinding() {}

  /** Makes options of a configuration that has been checked. */
  static SnakepitOptions bind(OptionsTree tree) {
    try {
      return MAPPER.treeToValue(complete(tree), SnakepitOptions.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the table of keys and the options' records differ", e);
    }
  }

  /** Returns the value of every key: as it was set, or its default. */
  private static ObjectNode complete(OptionsTree tree) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    ObjectNode pools = root.putObject("pools");
    tree.pools().forEach(pools::putObject);
    for (Key key : Keys.BY_PATH.values()) {
      if (key.isOfPool()) {
        tree.pools().forEach(pool -> put(root, key.pathFor(pool), tree));
      } else {
        put(root, key.path(), tree);
      }
    }
    return root;
  }

  private static void put(ObjectNode root, String path, OptionsTree tree) {
    JsonNode value = tree.valueOf(path);
    int dot = path.lastIndexOf('.');
    ObjectNode section = root;
    if (dot > 0) {
      for (String name : path.substring(0, dot).split("\\.", -1)) {
        section = section.withObjectProperty(name);
      }
    }
    section.set(path.substring(dot + 1), value);
  }
}
