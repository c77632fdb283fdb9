package io.snakepit.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code conf/snakepit.yaml} says of each key exactly what the table says. */
class DocumentedKeysTest {
  private static final Path FILE =
      Path.of(System.getProperty("snakepit.project", "")).resolve("conf/snakepit.yaml");

  @Test
  void everyKeyStandsThereWithItsDefaultInTheTablesOrder() throws IOException {
    JsonNode tree = new ObjectMapper(new YAMLFactory()).readTree(Files.readString(FILE));
    List<String> documented = new ArrayList<>();
    collect("", tree, documented);
    assertThat(documented).containsExactlyElementsOf(Keys.BY_PATH.keySet());
    for (Key key : Keys.BY_PATH.values()) {
      String pointer = "/" + key.pathFor("default").replace('.', '/');
      assertThat(tree.at(pointer)).as(key.path()).isEqualTo(key.standard());
    }
  }

  private static void collect(String path, JsonNode node, List<String> found) {
    node.properties()
        .forEach(
            field -> {
              String child = path.isEmpty() ? field.getKey() : path + "." + field.getKey();
              String pattern = child.replaceFirst("^pools\\.default", "pools.*");
              if (Keys.BY_PATH.containsKey(pattern)) {
                found.add(pattern);
              } else {
                collect(child, field.getValue(), found);
              }
            });
  }

  @Test
  void everyLineOfAKeyNotYetInForceSaysSo() throws IOException {
    for (Key key : Keys.BY_PATH.values()) {
      String name = key.path().substring(key.path().lastIndexOf('.') + 1);
      if (!key.inForce()) {
        assertThat(Files.readAllLines(FILE))
            .as(key.path())
            .anyMatch(line -> line.strip().startsWith(name + ":") && line.contains("Later"));
      }
    }
  }

  @Test
  void theFileLoadsToTheDefaultsWithoutAWarning() throws IOException {
    OptionsLoader.Loaded loaded = new OptionsLoader().file(FILE).load();
    assertThat(loaded.options()).isEqualTo(SnakepitOptions.defaults());
    assertThat(loaded.warnings()).isEmpty();
  }

  @Test
  void everyDefaultIsAllowed() {
    assertThat(Keys.BY_PATH.values()).allMatch(key -> key.type().allows(key.standard()));
  }
}
