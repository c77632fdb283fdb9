package io.snakepit.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Content of a YAML file, with the line of each of its keys.
 *
 * @param name of the file, told in faults; empty: faults tell no place
 * @param lines by dotted path, from 1
 */
record YamlText(String name, ObjectNode root, Map<String, Integer> lines) {
  private static final Pattern PLACE = Pattern.compile("line (\\d+), column");
  private static final YAMLFactory FACTORY = new YAMLFactory();
  private static final ObjectMapper YAML =
      new ObjectMapper(FACTORY)
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

  /**
   * Reads YAML; nothing at all is an empty map.
   *
   * @throws InvalidOptionsException if it is no YAML, no map, or uses aliases
   */
  static YamlText parse(String name, String text) {
    try {
      JsonNode tree = YAML.readTree(text);
      if (tree.isMissingNode() || tree.isNull()) {
        tree = YAML.createObjectNode();
      }
      if (tree instanceof ObjectNode map) {
        return new YamlText(name, map, lines(name, text));
      }
      throw fault("", "a configuration must be a map of keys: got " + tree, name);
    } catch (JsonProcessingException e) {
      throw fault("", "can't be read as YAML: " + reason(e), at(name, line(e)));
    } catch (IOException e) {
      throw new IllegalStateException("reading a text failed", e);
    }
  }

  /** Returns the value that a text is as YAML; a text that is no YAML is taken as it stands. */
  static JsonNode value(String text) {
    try {
      JsonNode parsed = YAML.readTree(text);
      return parsed.isMissingNode() ? YAML.getNodeFactory().textNode(text) : parsed;
    } catch (JsonProcessingException e) {
      return YAML.getNodeFactory().textNode(text);
    }
  }

  /** Returns file and line of a path, or of what it stands in. */
  String origin(String path) {
    if (name.isEmpty()) {
      return "";
    }
    for (String at = path; !at.isEmpty(); at = parent(at)) {
      Integer line = lines.get(at);
      if (line != null) {
        return name + ":" + line;
      }
    }
    return name;
  }

  private static String parent(String path) {
    return path.substring(0, Math.max(0, path.lastIndexOf('.')));
  }

  private static Map<String, Integer> lines(String name, String text) throws IOException {
    Map<String, Integer> lines = new HashMap<>();
    try (YAMLParser parser = FACTORY.createParser(text)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        String path = dotted(parser);
        if (token == JsonToken.FIELD_NAME) {
          lines.put(path, parser.currentTokenLocation().getLineNr());
        } else if (parser.isCurrentAlias()) {
          String problem = "uses the alias *" + parser.getText() + ": write its value out";
          throw fault(path, problem, at(name, parser.currentTokenLocation().getLineNr()));
        }
      }
    }
    return lines;
  }

  private static String dotted(JsonParser parser) {
    String pointer = parser.getParsingContext().pathAsPointer().toString();
    return pointer.isEmpty() ? "" : pointer.substring(1).replace('/', '.');
  }

  private static String at(String name, int line) {
    return name.isEmpty() || line == 0 ? name : name + ":" + line;
  }

  /**
   * Returns the parser's own words, less the places and the text that it quotes, which are
   * indented.
   */
  private static String reason(JsonProcessingException e) {
    return e.getOriginalMessage()
        .lines()
        .filter(line -> !line.startsWith(" "))
        .collect(Collectors.joining(", "));
  }

  /**
   * Returns the line where the parser gave up, 0 if unknown. Its location is where the surroundings
   * begin.
   */
  private static int line(JsonProcessingException e) {
    return PLACE
        .matcher(e.getOriginalMessage())
        .results()
        .map(place -> Integer.parseInt(place.group(1)))
        .reduce((first, last) -> last)
        .orElse(e.getLocation() == null ? 0 : e.getLocation().getLineNr());
  }

  private static InvalidOptionsException fault(String path, String problem, String origin) {
    return new InvalidOptionsException(List.of(new Fault(path, problem, origin)));
  }
}
