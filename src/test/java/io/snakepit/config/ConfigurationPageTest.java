package io.snakepit.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Statements of {@code docs/configuration.md} are true. */
class ConfigurationPageTest {
  private static final Path PAGE =
      Path.of(System.getProperty("snakepit.project", ".")).resolve("docs/configuration.md");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([^`]+)` \\| (.+) \\|$");
  private static final Pattern NAME = Pattern.compile("`([^`]+)`");

  private static String page = "";

  @BeforeAll
  static void read() throws IOException {
    page = Files.readString(PAGE);
  }

  @Test
  void theFileInThePageIsRefusedInTheWordsOfThePage() {
    OptionsLoader loader =
        new OptionsLoader()
            .yaml("my.yaml", block("yaml"))
            .environment(Map.of("SNAKEPIT_INSTANCE", "my/host"));

    assertThat(String.join("\n", Typed.faults(loader))).isEqualTo(block("text"));
  }

  @Test
  void theTableHoldsExactlyTheKeysNotYetInForce() {
    List<String> listed =
        ROW.matcher(page).results().flatMap(ConfigurationPageTest::paths).toList();

    assertThat(listed)
        .containsExactlyInAnyOrderElementsOf(
            Keys.BY_PATH.values().stream().filter(key -> !key.inForce()).map(Key::path).toList());
  }

  private static Stream<String> paths(MatchResult row) {
    return NAME.matcher(row.group(2)).results().map(name -> row.group(1) + "." + name.group(1));
  }

  private static String block(String language) {
    String start = "```" + language + "\n";
    int from = page.indexOf(start) + start.length();
    return page.substring(from, page.indexOf("\n```", from));
  }
}
