package io.snakepit.config;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Loader of options in layers: defaults, then a file, then variables, then flags; each overrides
 * the one before, key by key. Everything is checked, and every fault found is told at once.
 */
public final class OptionsLoader {
  private static final String CONFIG_FILE = "configFile";

  private String name = "defaults";
  private String yaml = "";
  private Map<String, String> environment = Map.of();
  private String interpreter = "";
  private Overlay overlay = Overlay.NONE;
  private final Map<String, String> flags = new LinkedHashMap<>();
  private final Map<String, String> flagOrigins = new HashMap<>();

  /**
   * Options that were loaded, and warnings.
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
    } catch (CharacterCodingException e) {
      throw new IOException("the configuration file " + file + " is no text in UTF-8", e);
    } catch (IOException e) {
      throw new IOException("can't read the configuration file " + file + ": " + e.getMessage(), e);
    }
  }

  /** Takes YAML, or JSON, which is YAML as well; {@code origin} is told in faults, unless empty. */
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
   * Takes what a verticle was deployed with: keys as in a file, in JSON. Those override what the
   * file and the variables say, key by key; the key {@code configFile} names that file, and without
   * it there is none and variables do not count.
   *
   * @param variables such as {@code SNAKEPIT_HTTP_PORT}; others are left alone
   * @throws IOException if the file can't be read; the message names it
   * @throws InvalidOptionsException if {@code configFile} is no text
   */
  public OptionsLoader deployed(JsonObject config, Map<String, String> variables)
      throws IOException {
    JsonObject keys = config.copy();
    Object path = keys.remove(CONFIG_FILE);
    if (path == null) {
      overlay = Overlay.of(keys, "");
      return yaml("", "");
    }
    if (!(path instanceof String file) || file.isEmpty()) {
      throw new InvalidOptionsException(
          List.of(new Fault(CONFIG_FILE, "must be the path of a YAML file: got " + path, "")));
    }
    overlay = Overlay.of(keys, "from the deployment's config");
    return file(Path.of(file)).environment(variables);
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
    OptionsTree tree = new OptionsTree(YamlText.parse(name, yaml), overlay);
    List<String> warnings = new ArrayList<>();
    List<Fault> faults = new ArrayList<>();
    Variables.lay(environment, tree, warnings);
    layFlags(tree, faults);
    layInterpreter(tree);
    OptionsCheck check = new OptionsCheck(tree).run();
    faults.addAll(check.faults());
    if (!faults.isEmpty()) {
      throw new InvalidOptionsException(faults);
    }
    warnings.addAll(check.warnings());
    return new Loaded(OptionsBinding.bind(tree), List.copyOf(warnings));
  }

  private void layFlags(OptionsTree tree, List<Fault> faults) {
    flags.forEach(
        (pattern, value) -> {
          String origin = flagOrigins.getOrDefault(pattern, "");
          if (!pattern.contains("*")) {
            tree.set(pattern, value, origin);
          } else if (defaultPool(tree).isEmpty()) {
            faults.add(
                new Fault(
                    "",
                    origin + " acts on the pool \"default\", and there is none: use a file",
                    ""));
          } else {
            String path = pattern.replace("*", defaultPool(tree));
            tree.set(path, value, origin);
          }
        });
  }

  private void layInterpreter(OptionsTree tree) {
    if (interpreter.isEmpty()) {
      return;
    }
    for (String pool : tree.pools()) {
      String path = "pools." + pool + ".python";
      JsonNode python = tree.at(path);
      if (python.isMissingNode() || (python.isTextual() && python.textValue().isEmpty())) {
        tree.set(path, interpreter, "the launcher's");
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
}
