package io.snakepit.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A configuration as it was typed: a tree of values, each with its origin. Later layers are laid
 * over earlier ones key by key.
 */
final class OptionsTree {
  private static final ObjectMapper YAML =
      new ObjectMapper(new YAMLFactory())
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

  private static final String DEFAULT_POOL = "default";

  private final ObjectNode root;
  private final String file;
  private final Map<String, String> origins = new HashMap<>();

  private OptionsTree(ObjectNode root, String file) {
    this.root = root;
    this.file = file;
    if (!root.has("pools")) {
      root.putObject("pools").putObject(DEFAULT_POOL);
    }
  }

  /**
   * Reads YAML; nothing at all is an empty configuration.
   *
   * @throws InvalidOptionsException if it is no YAML, or no map
   */
  static OptionsTree parse(String name, String yaml) {
    JsonNode tree;
    try {
      tree = YAML.readTree(yaml);
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation();
      String where = at == null ? name : name + ":" + at.getLineNr();
      throw new InvalidOptionsException(
          List.of(new Fault("", "can't be read as YAML: " + e.getOriginalMessage(), where)));
    }
    if (tree.isMissingNode() || tree.isNull()) {
      tree = YAML.createObjectNode();
    }
    if (tree instanceof ObjectNode map) {
      return new OptionsTree(map, name);
    }
    throw new InvalidOptionsException(
        List.of(new Fault("", "a configuration must be a map of keys: got " + tree, name)));
  }

  /** The names of the pools, in their order; none if {@code pools} is no map. */
  List<String> pools() {
    List<String> names = new ArrayList<>();
    root.path("pools").fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** Where the value of that path was set. */
  String origin(String path) {
    return origins.getOrDefault(path, file);
  }

  JsonNode root() {
    return root;
  }

  /** The value of a path, or a missing node. Pools' names hold no dots. */
  JsonNode at(String path) {
    JsonNode node = root;
    for (String name : path.split("\\.", -1)) {
      node = node.path(name);
    }
    return node;
  }

  /**
   * Lays a value over what is there. A text that is no YAML is taken as it stands, for the check to
   * name.
   */
  void set(Key key, String path, String text, String origin) {
    ObjectNode parent = root;
    String[] names = path.split("\\.", -1);
    for (int i = 0; i < names.length - 1; i++) {
      JsonNode child = parent.path(names[i]);
      parent = child instanceof ObjectNode map ? map : parent.putObject(names[i]);
    }
    parent.set(names[names.length - 1], value(key.type(), text));
    origins.put(path, origin);
  }

  private static JsonNode value(KeyType type, String text) {
    if (type.isText()) {
      return YAML.getNodeFactory().textNode(text);
    }
    try {
      JsonNode parsed = YAML.readTree(text);
      return parsed.isMissingNode() ? YAML.getNodeFactory().textNode(text) : parsed;
    } catch (JsonProcessingException e) {
      return YAML.getNodeFactory().textNode(text);
    }
  }
}
