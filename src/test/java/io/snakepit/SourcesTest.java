package io.snakepit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Sources keep what the compiler does not check: their size, and words that have no place in them.
 */
class SourcesTest {
  private static final int MOST_LINES = 400;

  private static final Pattern LEFT_FOR_LATER = Pattern.compile("\\b(TO" + "DO|FIX" + "ME)\\b");
  private static final Pattern SLEEP = Pattern.compile("Thread\\s*\\.\\s*sleep\\s*\\(");

  private static final Map<Path, List<String>> SOURCES = new TreeMap<>();

  @BeforeAll
  static void read() throws IOException {
    Path project = Path.of(System.getProperty("snakepit.project", ""));
    for (String folder : List.of("src/main", "src/test", "bench/java", "proto")) {
      Path root = project.resolve(folder);
      if (Files.isDirectory(root)) {
        readAll(project, root);
      }
    }
    assertThat(SOURCES).isNotEmpty();
  }

  private static void readAll(Path project, Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(SourcesTest::isSource).toList()) {
        SOURCES.put(project.relativize(file), Files.readAllLines(file));
      }
    }
  }

  private static boolean isSource(Path file) {
    return file.toString().endsWith(".java") || file.toString().endsWith(".proto");
  }

  @Test
  void noFileIsLongerThanOneCanRead() {
    assertThat(
            SOURCES.entrySet().stream()
                .filter(source -> source.getValue().size() > MOST_LINES)
                .map(source -> source.getKey().getFileName().toString()))
        .isEmpty();
  }

  @Test
  void nothingIsLeftForLater() {
    assertThat(linesWith(LEFT_FOR_LATER)).isEmpty();
  }

  @Test
  void nobodySleepsToWaitForTime() {
    // A benchmark has to let time go by; the product and its tests are told.
    assertThat(linesWith(SLEEP)).allMatch(line -> line.startsWith("bench/"));
  }

  private static List<String> linesWith(Pattern pattern) {
    return SOURCES.entrySet().stream()
        .flatMap(
            source ->
                source.getValue().stream()
                    .filter(line -> pattern.matcher(line).find())
                    .map(line -> source.getKey() + ": " + line.strip()))
        .toList();
  }
}
