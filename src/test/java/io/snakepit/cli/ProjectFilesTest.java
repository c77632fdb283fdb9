package io.snakepit.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files in the repository's root do as the README says. */
class ProjectFilesTest {
  private static final Path PROJECT = Path.of(System.getProperty("snakepit.project", "."));
  private static final String TEST_COMMAND = "./snakepit test";

  @ParameterizedTest
  @ValueSource(strings = {".github/workflows/ci.yml", ".github/workflows/nightly.yml", ".ci/run"})
  void everyAutomaticRunUsesTheReadmesTestCommand(String file) throws IOException {
    assertThat(Files.readAllLines(PROJECT.resolve(file)))
        .filteredOn(line -> line.strip().matches("(run: |exec )?\\./snakepit .*"))
        .singleElement()
        .asString()
        .containsPattern(" " + Pattern.quote(TEST_COMMAND) + "( --chaos --libraries)?$");
    assertThat(Files.readString(PROJECT.resolve("README.md"))).contains(TEST_COMMAND);
  }

  @Test
  void theNightlyRunLooksForLeaksAndKeepsLogs() throws IOException {
    String nightly = Files.readString(PROJECT.resolve(".github/workflows/nightly.yml"));

    assertThat(nightly)
        .contains(
            "schedule:",
            TEST_COMMAND + " --chaos --libraries",
            "launcher/leak-check.sh",
            "if: failure()")
        .contains("target/chaos/", "target/libraries/");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void theLeakCheckFindsAProcessThatBearsTheMark() throws Exception {
    ProcessBuilder left = new ProcessBuilder("cat");
    left.environment().put("SNAKEPIT_RUN", "left-behind");
    Process process = left.start();
    try {
      Process check =
          new ProcessBuilder(PROJECT.resolve("launcher/leak-check.sh").toString()).start();
      String report = new String(check.getErrorStream().readAllBytes(), UTF_8);

      assertThat(check.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(check.exitValue()).isEqualTo(1);
      assertThat(report).contains("pid " + process.pid() + ": cat", "SNAKEPIT_RUN=left-behind");
    } finally {
      process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    }
  }

  /** Fails for a package that is gone: its gate would hold whatever its successor lacks. */
  @Test
  void everyPackageOfTheCoverageGatesIsThere() throws IOException {
    String pom = Files.readString(PROJECT.resolve("pom.xml"));
    String gates = pom.substring(pom.indexOf("<id>gate</id>"));
    List<String> packages =
        Pattern.compile("<include>([^<]+)</include>")
            .matcher(gates)
            .results()
            .map(found -> found.group(1))
            .toList();

    assertThat(packages)
        .hasSizeGreaterThan(4)
        .allSatisfy(
            name ->
                assertThat(PROJECT.resolve("src/main/java").resolve(name.replace('.', '/')))
                    .isDirectory()
                    .isDirectoryContaining("glob:**.java"));
  }

  /** Fails where coverage is added to that of earlier builds, or two JVMs write one file. */
  @ParameterizedTest
  @ValueSource(strings = {"prepare-agent", "prepare-agent-integration"})
  void coverageBeginsWithACleanFileInEachJvm(String goal) throws IOException {
    String pom = Files.readString(PROJECT.resolve("pom.xml"));
    String agent = pom.substring(pom.indexOf("<goal>" + goal + "</goal>"));

    assertThat(agent.substring(0, agent.indexOf("</execution>")))
        .contains("<append>false</append>", "${surefire.forkNumber}.exec</destFile>");
  }

  @Test
  void everyChaosScriptIsDocumentedAndChecked() throws IOException {
    Path folder = PROJECT.resolve("chaos-scripts");
    String readme = Files.readString(folder.resolve("README.md"));
    String checked = Files.readString(folder.resolve("ruff.toml"));
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.filter(Files::isRegularFile).filter(Files::isExecutable))
          .extracting(file -> file.getFileName().toString())
          .contains("run-all", "kill-idle")
          .allSatisfy(name -> assertThat(checked).contains("\"" + name + "\""))
          .filteredOn(name -> !name.equals("run-all"))
          .allSatisfy(name -> assertThat(readme).contains("| `" + name + "` |"));
    }
  }
}
