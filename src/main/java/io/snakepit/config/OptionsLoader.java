package io.snakepit.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Reads options in layers: defaults, then a file, then variables, then flags; each overrides the
 * one before, key by key. Everything is checked, and every fault found is told at once.
 */
public final class OptionsLoader {
  private static final String PREFIX = "SNAKEPIT_";

  /** Ours, but no keys: for the command line, or marks that a process inherits. */
  private static final Set<String> NO_KEYS =
      Set.of(
          "SNAKEPIT_URL",
          "SNAKEPIT_KEY",
          "SNAKEPIT_RUN",
          "SNAKEPIT_POOL",
          "SNAKEPIT_WORKER",
          "SNAKEPIT_JAVA_OPTS",
          "SNAKEPIT_LOG_LEVEL");

  private String name = "defaults";
  private String yaml = "";
  private Map<String, String> environment = Map.of();
  private String interpreter = "";
  private final Map<String, String> flags = new LinkedHashMap<>();
  private final Map<String, String> flagOrigins = new HashMap<>();

  /**
   * Options and what to warn of.
   *
   * @param warnings each a sentence: keys not yet in force, variables that name no key
   */
  public record Loaded(SnakepitOptions options, List<String> warnings) {}

  /**
   * Takes a file of YAML.
   *
   * @throws IOException if it can't be read; the message names it
   */
  public OptionsLoader file(Path file) throws IOException {
    try {
      return yaml(file.toString(), Files.readString(file));
    } catch (NoSuchFileException e) {
      throw new NoSuchFileException("there is no configuration file " + file.toAbsolutePath());
    }
  }

  /** Takes YAML, or JSON, which is YAML as well; {@code origin} is told in faults. */
  public OptionsLoader yaml(String origin, String text) {
    this.name = origin;
    this.yaml = text;
    return this;
  }

  /** Takes variables such as {@code SNAKEPIT_HTTP_PORT}; others are left alone. */
  public OptionsLoader environment(Map<String, String> variables) {
    this.environment = Map.copyOf(variables);
    return this;
  }

  /**
   * Takes a flag's value for a key.
   *
   * @param path with {@code *} for the pool {@code default}, or else the only one
   * @param origin the flag's name, told in faults
   */
  public OptionsLoader flag(String path, String value, String origin) {
    flags.put(path, value);
    flagOrigins.put(path, origin);
    return this;
  }

  /** Takes the interpreter of those pools whose {@code python} is empty. */
  public OptionsLoader interpreter(Path executable) {
    this.interpreter = executable.toString();
    return this;
  }

  /**
   * Reads and checks everything.
   *
   * @throws InvalidOptionsException with every fault found
   */
  public Loaded load() {
    OptionsTree tree = OptionsTree.parse(name, yaml);
    List<String> warnings = new ArrayList<>();
    List<Fault> faults = new ArrayList<>();
    layEnvironment(tree, warnings);
    layFlags(tree, faults);
    layInterpreter(tree);
    OptionsCheck check = new OptionsCheck(tree).run();
    faults.addAll(check.faults());
    if (!faults.isEmpty()) {
      throw new InvalidOptionsException(faults);
    }
    warnings.addAll(check.warnings());
    return new Loaded(new OptionsBuilder(tree).build(), List.copyOf(warnings));
  }

  private void layEnvironment(OptionsTree tree, List<String> warnings) {
    Map<String, String> paths = new TreeMap<>();
    for (Key key : Keys.BY_PATH.values()) {
      if (key.path().contains("*")) {
        tree.pools().forEach(pool -> paths.put(Key.variable(key.pathFor(pool)), key.pathFor(pool)));
      } else {
        paths.put(Key.variable(key.path()), key.path());
      }
    }
    new TreeMap<>(environment)
        .forEach(
            (variable, value) -> {
              String path = paths.get(variable);
              if (path != null) {
                tree.set(keyOf(path), path, value, "from " + variable);
              } else if (variable.startsWith(PREFIX) && !NO_KEYS.contains(variable)) {
                warnings.add(unknownVariable(variable, paths.keySet()));
              }
            });
  }

  private static String unknownVariable(String variable, Set<String> known) {
    return NearestWord.to(variable, known)
        .map(near -> variable + " names no key and is ignored: did you mean " + near + "?")
        .orElse(variable + " names no key and is ignored");
  }

  private void layFlags(OptionsTree tree, List<Fault> faults) {
    flags.forEach(
        (pattern, value) -> {
          String origin = flagOrigins.getOrDefault(pattern, "");
          if (!pattern.contains("*")) {
            tree.set(keyOf(pattern), pattern, value, origin);
          } else if (defaultPool(tree).isEmpty()) {
            faults.add(
                new Fault(
                    "",
                    origin + " acts on the pool \"default\", and there is none: use a file",
                    origin));
          } else {
            String path = pattern.replace("*", defaultPool(tree));
            tree.set(keyOf(path), path, value, origin);
          }
        });
  }

  private void layInterpreter(OptionsTree tree) {
    for (String pool : interpreter.isEmpty() ? List.<String>of() : tree.pools()) {
      String path = "pools." + pool + ".python";
      if (tree.at("pools." + pool).isObject() && tree.at(path).asText().isEmpty()) {
        tree.set(keyOf(path), path, interpreter, "the launcher's");
      }
    }
  }

  private static String defaultPool(OptionsTree tree) {
    List<String> pools = tree.pools();
    if (pools.contains("default")) {
      return "default";
    }
    return pools.size() == 1 ? pools.get(0) : "";
  }

  private static Key keyOf(String path) {
    Key key = Keys.BY_PATH.get(path.replaceFirst("^pools\\.[^.]+\\.", "pools.*."));
    if (key == null) {
      throw new IllegalArgumentException("no such key: " + path);
    }
    return key;
  }
}
