package io.snakepit.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A configuration as it was typed: a tree of values, each with its origin. Later layers are laid
 * over earlier ones key by key.
 */
final class OptionsTree {
  private static final Pattern POOL_NAME = Pattern.compile("[a-z][a-z0-9-]{0,62}");
  private static final String DEFAULT_POOL = "default";

  private final YamlText file;
  private final Overlay overlay;
  private final ObjectNode root;
  private final Map<String, String> origins = new HashMap<>();

  OptionsTree(YamlText file) {
    this(file, Overlay.NONE);
  }

  OptionsTree(YamlText file, Overlay overlay) {
    this.file = file;
    this.overlay = overlay;
    this.root = file.root();
    overlay.layOver(root);
    if (!root.has("pools")) {
      root.putObject("pools").putObject(DEFAULT_POOL);
    }
    openSections("", root);
  }

  /**
   * Turns each section of which nothing is set, as {@code http:} alone on its line, into an empty
   * one. Not so {@code pools:}, of which nobody could tell whether one or none is meant.
   */
  private static void openSections(String pattern, ObjectNode section) {
    for (Map.Entry<String, JsonNode> field : List.copyOf(section.properties())) {
      String below = Keys.below(pattern, field.getKey());
      if (Keys.isSection(below)) {
        if (field.getValue().isNull() && !below.equals("pools")) {
          section.putObject(field.getKey());
        } else if (field.getValue() instanceof ObjectNode map) {
          openSections(below, map);
        }
      }
    }
  }

  static boolean isPoolName(String name) {
    return POOL_NAME.matcher(name).matches();
  }

  /**
   * Returns the names of the pools, in their order, good or bad; none if {@code pools} is no map.
   */
  List<String> poolsAsTyped() {
    List<String> names = new ArrayList<>();
    root.path("pools").fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** Returns the names of the pools that may be used in a path. */
  List<String> pools() {
    return poolsAsTyped().stream().filter(OptionsTree::isPoolName).toList();
  }

  /** Returns where the value of a path was set. */
  String origin(String path) {
    String origin = origins.get(path);
    if (origin != null) {
      return origin;
    }
    return overlay.sets(path) ? overlay.origin() : file.origin(path);
  }

  JsonNode root() {
    return root;
  }

  /** Returns the value of a path, or a missing node. */
  JsonNode at(String path) {
    JsonNode node = root;
    for (String name : path.split("\\.", -1)) {
      node = node.path(name);
    }
    return node;
  }

  /** Returns the value at the path of a key as it was set, or its default. */
  JsonNode valueOf(String path) {
    return valueOr(path, Keys.of(path));
  }

  /** Returns the value of a key as it was set, or its default; if it is a pool's, of that pool. */
  JsonNode valueOf(Key key, String pool) {
    return valueOr(key.pathFor(pool), key);
  }

  private JsonNode valueOr(String path, Key key) {
    JsonNode typed = at(path);
    return typed.isMissingNode() ? key.standard() : typed;
  }

  /**
   * Lays a value over what is there, unless the overlay has set it. Where the path leads through
   * something that is no section, that stays as it is, for the check to name.
   */
  void set(String path, String text, String origin) {
    if (overlay.sets(path)) {
      return;
    }
    ObjectNode parent = root;
    String[] names = path.split("\\.", -1);
    for (int i = 0; i < names.length - 1; i++) {
      JsonNode child = parent.path(names[i]);
      if (child.isMissingNode()) {
        child = parent.putObject(names[i]);
      }
      if (!(child instanceof ObjectNode section)) {
        return;
      }
      parent = section;
    }
    String name = names[names.length - 1];
    if (Keys.of(path).type().isText()) {
      parent.put(name, text);
    } else {
      parent.set(name, YamlText.value(text));
    }
    origins.put(path, origin);
  }
}
