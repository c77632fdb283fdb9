package io.snakepit.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every proof that {@code docs/requirements.md} names is there. */
class RequirementsTest {
  private static final Path PROJECT =
      Path.of(System.getProperty("snakepit.project", "")).toAbsolutePath();
  private static final Path JAVA_TESTS = PROJECT.resolve("src/test/java/io/snakepit");
  private static final Path PYTHON_TESTS = PROJECT.resolve("python/tests");
  private static final Path CHAOS_SCRIPTS = PROJECT.resolve("chaos-scripts");

  private static final Pattern PROOFS = Pattern.compile("(?m)^\\|.*\\|([^|]*)\\|$");
  private static final Pattern NAME = Pattern.compile("`([^`]+)`");
  private static final Pattern JAVA =
      Pattern.compile("((?:[a-z]+/)*[A-Z]\\w*)?(?:\\.[A-Z]\\w*)?(?:\\.(\\w+…?))?");

  private final List<String> missing = new ArrayList<>();
  private String lastFile = "";

  @Test
  void everyProofIsThere() throws IOException {
    String page = Files.readString(PROJECT.resolve("docs/requirements.md"));
    List<String> proofs =
        PROOFS
            .matcher(page)
            .results()
            .flatMap(row -> NAME.matcher(row.group(1)).results().map(name -> name.group(1)))
            .toList();

    for (String proof : proofs) {
      if (!isThere(proof)) {
        missing.add(proof);
      }
    }

    assertThat(proofs).hasSizeGreaterThan(100);
    assertThat(missing).isEmpty();
  }

  private boolean isThere(String proof) throws IOException {
    if (proof.endsWith(".py")) {
      return Files.exists(PYTHON_TESTS.resolve(proof));
    }
    var java = JAVA.matcher(proof);
    if (java.matches()) {
      return isInJava(java.toMatchResult());
    }
    return proof.startsWith("./snakepit ")
        || Files.exists(PROJECT.resolve(proof))
        || Files.exists(CHAOS_SCRIPTS.resolve(proof))
        || (proof.endsWith("/") && Files.exists(JAVA_TESTS.resolve(proof)));
  }

  /** Returns whether a class is there, and its method; without a class, in the one named before. */
  private boolean isInJava(MatchResult proof) throws IOException {
    String file = proof.group(1);
    String method = proof.group(2);
    lastFile = file == null ? lastFile : file;
    Path source = JAVA_TESTS.resolve(lastFile + ".java");
    if (!Files.exists(source)) {
      return false;
    }
    if (method == null) {
      return true;
    }
    boolean prefix = method.endsWith("…");
    String name = prefix ? method.substring(0, method.length() - 1) : method + "(";
    return Files.readString(source).contains("void " + name);
  }
}
