package io.snakepit.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Check of a configuration: finds every fault, and every key that is set but not yet in force. */
final class OptionsCheck {
  private static final int SHOWN = 120;

  private final OptionsTree tree;
  private final List<Fault> faults = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  OptionsCheck(OptionsTree tree) {
    this.tree = tree;
  }

  /** Checks all keys and the rules among them. */
  OptionsCheck run() {
    walk("", "", tree.root());
    checkPools();
    new KeysTogether(tree, faults.stream().map(Fault::path).collect(Collectors.toSet()), this::add)
        .check();
    return this;
  }

  List<Fault> faults() {
    return faults;
  }

  List<String> warnings() {
    return warnings;
  }

  /**
   * @param path as typed
   * @param pattern the same with {@code *} for a pool's name
   */
  private void walk(String path, String pattern, JsonNode section) {
    for (Map.Entry<String, JsonNode> field : section.properties()) {
      String name = field.getKey();
      String typed = path.isEmpty() ? name : path + "." + name;
      String below = Keys.below(pattern, name);
      if (name.contains(".") && !pattern.equals("pools")) {
        add(typed, UnknownKey.problem(typed, pattern, name));
      } else {
        check(typed, below, field.getValue(), pattern, name);
      }
    }
  }

  private void check(String path, String pattern, JsonNode value, String parent, String name) {
    Key key = Keys.BY_PATH.get(pattern);
    if (key != null) {
      checkValue(key, path, value);
    } else if (!Keys.isSection(pattern)) {
      add(path, UnknownKey.problem(path, parent, name));
    } else if (value.isObject()) {
      walk(path, pattern, value);
    } else {
      add(path, "must be a map of keys: got " + shown(value));
    }
  }

  private void checkValue(Key key, String path, JsonNode value) {
    if (!key.type().allows(value)) {
      String got = key.isSecret() ? "something else, which is not shown" : shown(value);
      add(path, "must be " + key.type().rule() + ": got " + got + meant(key, value));
    } else if (!key.inForce() && !sameValue(value, key.standard())) {
      warnIgnored(path);
    }
  }

  private static String meant(Key key, JsonNode value) {
    if (key.type() instanceof KeyType.OneOf choice) {
      return NearestWord.to(value.asText(), choice.words())
          .map(word -> ": did you mean " + word + "?")
          .orElse("");
    }
    return "";
  }

  private void warnIgnored(String path) {
    warnings.add(path + " is not yet in force: it is accepted, and ignored by this version");
  }

  private static boolean sameValue(JsonNode a, JsonNode b) {
    if (a.isNumber() && b.isNumber()) {
      return a.decimalValue().compareTo(b.decimalValue()) == 0;
    }
    return a.equals(b);
  }

  private void checkPools() {
    if (tree.root().path("pools").isObject() && tree.poolsAsTyped().isEmpty()) {
      add("pools", "must name at least one pool: got none");
    }
    for (String name : tree.poolsAsTyped()) {
      if (!OptionsTree.isPoolName(name)) {
        add("pools." + name, "must be named by a letter and at most 62 more of a-z 0-9 -");
      }
    }
  }

  private void add(String path, String problem) {
    faults.add(new Fault(path, problem, tree.origin(path)));
  }

  private static String shown(JsonNode value) {
    String text = value.isNull() ? "nothing" : value.toString();
    return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
  }
}
