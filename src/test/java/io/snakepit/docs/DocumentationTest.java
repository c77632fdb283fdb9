package io.snakepit.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.Event;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The documentation does as it says: its code compiles, its links resolve, its lists are complete.
 */
class DocumentationTest {
  private static final Path PROJECT =
      Path.of(System.getProperty("snakepit.project", "")).toAbsolutePath();
  private static final Pattern JAVA = Pattern.compile("(?s)```java\n(.*?)```");
  private static final Pattern LINK = Pattern.compile("]\\(([^)#]+)(?:#[^)]*)?\\)");
  private static final int README_LINES = 100;

  @Test
  void everyJavaBlockIsCompiled() throws IOException {
    String compiled =
        squeezed(
            Files.readString(
                PROJECT.resolve("src/test/java/io/snakepit/docs/EmbeddingExamples.java")));
    for (String document :
        List.of(
            "README.md",
            "docs/embedding.md",
            "docs/streams.md",
            "docs/cookbook/testing-catastrophic-failures.md")) {
      Matcher blocks = JAVA.matcher(Files.readString(PROJECT.resolve(document)));
      while (blocks.find()) {
        assertThat(compiled).as(document).contains(squeezed(blocks.group(1)));
      }
    }
  }

  private static String squeezed(String code) {
    return code.replaceAll("\\s+", " ").strip();
  }

  @Test
  void everyLinkLeadsSomewhere() throws IOException {
    for (Path document : documents()) {
      Matcher links = LINK.matcher(Files.readString(document));
      while (links.find()) {
        String target = links.group(1);
        if (!target.startsWith("http")) {
          Path file = document.resolveSibling(target).normalize();
          assertThat(file).as("%s in %s", target, document).exists();
        }
      }
    }
  }

  @Test
  void operatorsAreToldWhatEachEventMeans() throws IOException {
    String operations = Files.readString(PROJECT.resolve("docs/operations.md"));
    assertThat(Event.values())
        .allSatisfy(event -> assertThat(operations).contains("`" + event.id() + "`"));
  }

  @Test
  void theReadmeIsShort() throws IOException {
    assertThat(Files.readAllLines(PROJECT.resolve("README.md")))
        .hasSizeLessThanOrEqualTo(README_LINES);
  }

  private static List<Path> documents() throws IOException {
    List<Path> documents = new ArrayList<>(List.of(PROJECT.resolve("README.md")));
    try (Stream<Path> files = Files.walk(PROJECT.resolve("docs"))) {
      files.filter(file -> file.toString().endsWith(".md")).forEach(documents::add);
    }
    return documents;
  }
}
