package io.snakepit.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Prose and comments are wrapped at 120 columns, so that they can be read beside the code. */
class ProseTest {
  private static final Path PROJECT =
      Path.of(System.getProperty("snakepit.project", "")).toAbsolutePath();
  private static final int MOST_COLUMNS = 120;

  private static final List<String> FOLDERS =
      List.of(".ci .github bench chaos-scripts conf docs launcher libraries proto src".split(" "));
  private static final List<String> PYTHON = List.of("README.md", "pyproject.toml", "src", "tests");
  private static final Set<String> HASH = Set.of("py", "sh", "toml", "yaml", "yml");
  private static final Set<String> SLASHES = Set.of("java", "proto");

  private static final Pattern TARGET = Pattern.compile("]\\([^)]*\\)|https?://\\S+");
  private static final Pattern HASH_COMMENT = Pattern.compile("(^|\\s)#\\s");
  private static final Pattern SLASH_COMMENT = Pattern.compile("(^|\\s)(//|/\\*|\\*)(\\s|$)");

  @Test
  void everyPageIsWrapped() throws IOException {
    List<String> tooLong = new ArrayList<>();
    List<Path> pages = files().stream().filter(file -> "md".equals(suffix(file))).toList();
    for (Path page : pages) {
      boolean code = false;
      for (String line : Files.readAllLines(page)) {
        boolean fence = line.strip().startsWith("```");
        code ^= fence;
        if (!code && !fence && !line.startsWith("|") && isTooLong(line)) {
          tooLong.add(PROJECT.relativize(page) + ": " + line);
        }
      }
    }
    assertThat(pages).hasSizeGreaterThan(15);
    assertThat(tooLong).isEmpty();
  }

  @Test
  void everyCommentIsWrapped() throws IOException {
    List<String> tooLong = new ArrayList<>();
    for (Path file : files()) {
      if (HASH.contains(suffix(file)) || isScript(file)) {
        collect(file, HASH_COMMENT, tooLong);
      } else if (SLASHES.contains(suffix(file))) {
        collect(file, SLASH_COMMENT, tooLong);
      }
    }
    assertThat(tooLong).isEmpty();
  }

  private static void collect(Path file, Pattern comment, List<String> tooLong) throws IOException {
    for (String line : Files.readAllLines(file)) {
      if (comment.matcher(line).find() && isTooLong(line)) {
        tooLong.add(PROJECT.relativize(file) + ": " + line);
      }
    }
  }

  /** Returns whether a line is too long, links aside: their targets can't be wrapped. */
  private static boolean isTooLong(String line) {
    return TARGET.matcher(line).replaceAll("").length() > MOST_COLUMNS;
  }

  private static List<Path> files() throws IOException {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> root = Files.list(PROJECT)) {
      root.filter(Files::isRegularFile).forEach(files::add);
    }
    Stream<Path> roots =
        Stream.concat(
            FOLDERS.stream().map(PROJECT::resolve),
            PYTHON.stream().map(PROJECT.resolve("python")::resolve));
    for (Path root : roots.toList()) {
      try (Stream<Path> below = Files.walk(root)) {
        below.filter(Files::isRegularFile).forEach(files::add);
      }
    }
    return files;
  }

  private static boolean isScript(Path file) {
    return suffix(file).isEmpty() && Files.isExecutable(file);
  }

  private static String suffix(Path file) {
    String name = file.getFileName().toString();
    return name.contains(".") ? name.substring(name.lastIndexOf('.') + 1) : "";
  }
}
