package io.snakepit.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.config.OptionsLoader.Loaded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code conf/snakepit.yaml} documents every key exactly as {@link Keys} has it. */
class SampleFileTest {
  private static final Path FILE =
      Path.of(System.getProperty("snakepit.project", ".")).resolve("conf/snakepit.yaml");

  private static String text = "";
  private static List<String> lines = List.of();
  private static Map<String, Integer> lineOf = Map.of();
  private static OptionsTree tree = new OptionsTree(YamlText.parse("", ""));

  @BeforeAll
  static void read() throws IOException {
    text = Files.readString(FILE);
    lines = text.lines().toList();
    YamlText parsed = YamlText.parse("snakepit.yaml", text);
    lineOf = parsed.lines();
    tree = new OptionsTree(parsed);
  }

  static List<Key> keys() {
    return List.copyOf(Keys.BY_PATH.values());
  }

  @Test
  void loadsToTheDefaultsWithoutAWarning() throws IOException {
    Loaded loaded = new OptionsLoader().file(FILE).load();

    assertThat(loaded.options()).isEqualTo(SnakepitOptions.defaults());
    assertThat(loaded.warnings()).isEmpty();
  }

  @Test
  void hasTheKeysInTheOrderOfTheTable() {
    List<String> paths = keys().stream().map(key -> key.pathFor("default")).toList();

    assertThat(paths.stream().sorted(Comparator.comparing(SampleFileTest::line)).toList())
        .isEqualTo(paths);
  }

  @ParameterizedTest
  @MethodSource("keys")
  void showsTheKeyAtItsDefault(Key key) {
    assertThat(tree.at(key.pathFor("default"))).hasToString(key.standard().toString());
  }

  @ParameterizedTest
  @MethodSource("keys")
  void saysWhatTheKeyIsForOnItsLine(Key key) {
    assertThat(comment(key)).hasSizeGreaterThan(10);
  }

  @ParameterizedTest
  @MethodSource("keys")
  void marksTheKeyIfItIsNotYetInForce(Key key) {
    assertThat(comment(key).contains(". Later")).isEqualTo(!key.inForce());
  }

  @ParameterizedTest
  @MethodSource("keys")
  void tellsWhatTheKeyMayBe(Key key) {
    if (key.type() instanceof KeyType.Whole whole) {
      assertThat(comment(key)).contains(whole.min() + " to " + whole.max());
    } else if (key.type() instanceof KeyType.Decimal decimal) {
      assertThat(comment(key)).contains("%.0f to %.0f".formatted(decimal.min(), decimal.max()));
    } else if (key.type() instanceof KeyType.ZeroOr zero) {
      KeyType.Decimal other = (KeyType.Decimal) zero.other();
      assertThat(comment(key)).contains("[0, or %s to %.0f".formatted(other.min(), other.max()));
    } else if (key.type() instanceof KeyType.OneOf choice) {
      assertThat(comment(key)).endsWith("[" + String.join(", ", choice.words()) + "]");
    } else if (key.type() instanceof KeyType.Flag) {
      assertThat(comment(key)).endsWith("[true, false]");
    }
  }

  @ParameterizedTest
  @MethodSource("keys")
  void tellsTheUnitThatTheKeysNameEndsWith(Key key) {
    if (key.path().endsWith("Ms")) {
      assertThat(comment(key)).containsPattern("\\[(list of )?ms, ");
    } else if (key.path().endsWith("Bytes")) {
      assertThat(comment(key)).contains("[bytes, ");
    }
  }

  @Test
  void fitsOnAScreen() {
    assertThat(lines).allMatch(line -> line.length() <= 120);
  }

  private static String comment(Key key) {
    String line = lines.get(line(key.pathFor("default")) - 1);
    return line.substring(line.indexOf('#') + 1).strip();
  }

  private static int line(String path) {
    return lineOf.getOrDefault(path, 0);
  }
}
