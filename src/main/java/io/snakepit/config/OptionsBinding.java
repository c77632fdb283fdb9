package io.snakepit.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Binding of a configuration without faults to {@link SnakepitOptions}: each key fills the record
 * component of its name. A key without a component, or a component without a key, is an error of
 * the program, which any load finds.
 */
final class OptionsBinding {
  private OptionsBinding() {}

  /** Makes options of a configuration that has been checked. */
  static SnakepitOptions bind(OptionsTree tree) {
    return RecordReader.read(complete(tree), SnakepitOptions.class);
  }

  /** Returns the value of every key: as it was set, or its default. */
  private static ObjectNode complete(OptionsTree tree) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    ObjectNode pools = root.putObject("pools");
    tree.pools().forEach(pools::putObject);
    for (Key key : Keys.BY_PATH.values()) {
      if (key.isOfPool()) {
        tree.pools().forEach(pool -> put(root, key.pathFor(pool), tree.valueOf(key, pool)));
      } else {
        put(root, key.path(), tree.valueOf(key, ""));
      }
    }
    return root;
  }

  private static void put(ObjectNode root, String path, JsonNode value) {
    ObjectNode section = root;
    int from = 0;
    for (int dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', from)) {
      section = section.withObjectProperty(path.substring(from, dot));
      from = dot + 1;
    }
    section.set(path.substring(from), value);
  }
}
