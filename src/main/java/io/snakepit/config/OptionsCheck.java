package io.snakepit.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Finds every fault of a configuration, and every key that is set but not yet in force. */
final class OptionsCheck {
  private static final Pattern POOL_NAME = Pattern.compile("[a-z][a-z0-9-]{0,62}");
  private static final int SHOWN = 120;

  private final OptionsTree tree;
  private final List<Fault> faults = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  OptionsCheck(OptionsTree tree) {
    this.tree = tree;
  }

  /** Checks everything. */
  OptionsCheck run() {
    walk("", "", tree.root());
    checkPools();
    if (faults.isEmpty()) {
      checkTogether();
    }
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
  private void walk(String path, String pattern, JsonNode node) {
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      String name = field.getKey();
      String childPath = join(path, name);
      String childPattern = pattern.equals("pools") ? "pools.*" : join(pattern, name);
      check(childPath, childPattern, field.getValue());
    }
  }

  private static String join(String parent, String name) {
    return parent.isEmpty() ? name : parent + "." + name;
  }

  private void check(String path, String pattern, JsonNode value) {
    Key key = Keys.BY_PATH.get(pattern);
    if (key != null) {
      checkValue(key, path, value);
    } else if (!isSection(pattern)) {
      unknown(path, pattern);
    } else if (value.isObject()) {
      walk(path, pattern, value);
    } else {
      add(path, "must be a map of keys: got " + shown(value));
    }
  }

  private static boolean isSection(String pattern) {
    return pattern.equals("pools")
        || Keys.BY_PATH.keySet().stream().anyMatch(path -> path.startsWith(pattern + "."));
  }

  private void checkValue(Key key, String path, JsonNode value) {
    if (!key.type().allows(value)) {
      String meant =
          key.type() instanceof KeyType.OneOf words
              ? NearestWord.to(value.asText(), words.words())
                  .map(word -> ": did you mean " + word + "?")
                  .orElse("")
              : "";
      add(path, "must be " + key.type().rule() + ": got " + shown(value) + meant);
    } else if (!key.inForce() && !sameValue(value, key.standard())) {
      warnings.add(path + " is not yet in force: it is accepted, and ignored by this version");
    }
  }

  private static boolean sameValue(JsonNode a, JsonNode b) {
    if (a.isNumber() && b.isNumber()) {
      return a.decimalValue().compareTo(b.decimalValue()) == 0;
    }
    return a.equals(b);
  }

  private void unknown(String path, String pattern) {
    Set<String> siblings = siblings(pattern);
    String typed = pattern.substring(pattern.lastIndexOf('.') + 1);
    Optional<String> nearest = NearestWord.to(typed, siblings);
    String prefix = path.contains(".") ? path.substring(0, path.lastIndexOf('.') + 1) : "";
    add(
        path,
        nearest
            .map(name -> "is an unknown key: did you mean " + prefix + name + "?")
            .orElse("is an unknown key: the keys here are " + String.join(", ", siblings)));
  }

  /** The names that are known where that key stands. */
  private static Set<String> siblings(String pattern) {
    String parent = pattern.contains(".") ? pattern.substring(0, pattern.lastIndexOf('.') + 1) : "";
    return Keys.BY_PATH.keySet().stream()
        .filter(path -> path.startsWith(parent))
        .map(path -> path.substring(parent.length()).split("\\.", -1)[0])
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private void checkPools() {
    if (tree.root().path("pools").isObject() && tree.pools().isEmpty()) {
      add("pools", "must name at least one pool: got none");
    }
    for (String name : tree.pools()) {
      if (!POOL_NAME.matcher(name).matches()) {
        add("pools." + name, "must be named by a letter and at most 62 more of a-z 0-9 -");
      }
    }
  }

  /** Rules that concern several keys; only once each by itself is sound. */
  private void checkTogether() {
    if (whole("http.port") != 0
        && whole("http.port") == whole("grpc.port")
        && flag("grpc.enabled")
        && flag("http.enabled")) {
      add("grpc.port", "must differ from http.port: got " + whole("grpc.port"));
    }
    for (String pool : tree.pools()) {
      String at = "pools." + pool + ".";
      if (whole(at + "concurrency") > 1 && value(at + "profile").asText().equals("process")) {
        add(at + "concurrency", "must be 1 with profile process: got " + whole(at + "concurrency"));
      }
      if (whole(at + "heartbeat.timeoutMs") < whole(at + "heartbeat.intervalMs")) {
        add(
            at + "heartbeat.timeoutMs",
            "must be at least heartbeat.intervalMs=%d: got %d"
                .formatted(whole(at + "heartbeat.intervalMs"), whole(at + "heartbeat.timeoutMs")));
      }
      if (whole(at + "heartbeat.silenceMs") <= whole(at + "heartbeat.intervalMs")) {
        add(
            at + "heartbeat.silenceMs",
            "must be more than heartbeat.intervalMs=%d: got %d"
                .formatted(whole(at + "heartbeat.intervalMs"), whole(at + "heartbeat.silenceMs")));
      }
    }
  }

  private boolean flag(String path) {
    return value(path).booleanValue();
  }

  private long whole(String path) {
    return value(path).longValue();
  }

  private JsonNode value(String path) {
    return OptionsBuilder.valueOr(tree, path);
  }

  private void add(String path, String problem) {
    faults.add(new Fault(path, problem, tree.origin(path)));
  }

  private static String shown(JsonNode value) {
    String text = value.isNull() ? "nothing" : value.toString();
    return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
  }
}
