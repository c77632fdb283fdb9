package io.snakepit.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reading the file itself. */
class YamlTest {
  @TempDir Path folder;

  @Test
  void aSyntaxErrorIsToldInOneLineWithItsPlace() {
    assertThat(Typed.faults("http:\n  port: 1\n bad: [\n"))
        .singleElement()
        .asString()
        .startsWith("can't be read as YAML: ")
        .endsWith(" (my.yaml:3)")
        .doesNotContain("\n");
  }

  @Test
  void aTabThatIndentsIsToldInOneLineWithItsPlace() {
    assertThat(Typed.faults("http:\n\tport: 1\n"))
        .singleElement()
        .asString()
        .startsWith("can't be read as YAML: while scanning for the next token, found character")
        .endsWith(" (my.yaml:2)")
        .doesNotContain("\n");
  }

  @Test
  void aKeyThatStandsTwiceIsToldWithItsPlace() {
    assertThat(Typed.faults("http:\n  port: 1\n  host: h\n  port: 2\n"))
        .containsExactly("can't be read as YAML: Duplicate field 'port' (my.yaml:4)");
  }

  @Test
  void aSecondDocumentIsRefused() {
    assertThat(Typed.faults("http: {port: 1}\n---\nhttp: {port: 2}\n"))
        .singleElement()
        .asString()
        .startsWith("can't be read as YAML: ")
        .doesNotContain("\n");
  }

  @Test
  void anAliasIsRefusedRatherThanTakenAsAText() {
    assertThat(Typed.faults("pools:\n  a: &base {size: 3}\n  b: *base\n"))
        .containsExactly("pools.b uses the alias *base: write its value out (my.yaml:3)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"5", "just words", "[http, grpc]", "true"})
  void aFileThatIsNoMapIsRefused(String yaml) {
    assertThat(Typed.faults(yaml))
        .singleElement()
        .asString()
        .startsWith("a configuration must be a map of keys: got ")
        .endsWith(" (my.yaml)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n\n", "# only a comment\n", "---\n", "{}", "null"})
  void aFileThatHoldsNothingMeansTheDefaults(String yaml) {
    assertThat(Typed.options(yaml)).isEqualTo(SnakepitOptions.defaults());
  }

  @ParameterizedTest
  @ValueSource(strings = {"http:\n", "pools:\n  default:\n", "pools:\n  default:\n    startup:\n"})
  void aSectionThatHoldsNothingKeepsItsDefaults(String yaml) {
    assertThat(Typed.options(yaml)).isEqualTo(SnakepitOptions.defaults());
  }

  @Test
  void jsonIsReadAsWell() {
    assertThat(Typed.options("{\"http\":{\"port\":81}}").http().port()).isEqualTo(81);
  }

  @Test
  void aFileIsReadAndNamedInFaults() throws IOException {
    Path file = Files.writeString(folder.resolve("own.yaml"), "http:\n  port: -1\n");

    assertThatThrownBy(() -> SnakepitOptions.load(file))
        .isInstanceOf(InvalidOptionsException.class)
        .hasMessage(
            "http.port must be a whole number between 0 and 65535: got -1 (" + file + ":2)");
  }

  @Test
  void aMissingFileIsNamedWithItsWholePath() {
    assertThatThrownBy(() -> new OptionsLoader().file(Path.of("no-such.yaml")))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessage("there is no configuration file " + Path.of("no-such.yaml").toAbsolutePath());
  }

  @Test
  void aFolderInPlaceOfAFileIsNamed() {
    assertThatThrownBy(() -> new OptionsLoader().file(folder))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("can't read the configuration file " + folder + ": ");
  }

  @Test
  void aFileThatIsNoTextIsNamed() throws IOException {
    Path file = Files.write(folder.resolve("latin1.yaml"), new byte[] {'#', (byte) 0xE9, '\n'});

    assertThatThrownBy(() -> new OptionsLoader().file(file))
        .isInstanceOf(IOException.class)
        .hasMessage("the configuration file " + file + " is no text in UTF-8");
  }
}
