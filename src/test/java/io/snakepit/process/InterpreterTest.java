package io.snakepit.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InterpreterTest {
  private static final String GOOD =
      """
      #!/bin/sh
      echo a line of some library
      echo snakepit:executable=/real/python3
      echo snakepit:version=3.11.7
      """;

  @TempDir Path home;

  @Test
  void takesTheRealExecutable() throws Exception {
    script("shim", GOOD);

    assertThat(find(home.resolve("shim").toString()))
        .isEqualTo(new Interpreter(Path.of("/real/python3"), "3.11.7"));
  }

  @Test
  void relativePathStartsAtHome() throws Exception {
    script("shim", GOOD);

    assertThat(find("./shim").version()).isEqualTo("3.11.7");
  }

  @Test
  void nameIsFoundOnThePath() throws Exception {
    script("bin/python3.11", GOOD);

    assertThat(find("python3.11").version()).isEqualTo("3.11.7");
  }

  @Test
  void environmentBesideItIsPreferredToThePath() throws Exception {
    script("bin/python3", GOOD.replace("3.11.7", "3.12.0"));
    assertThat(find("").version()).isEqualTo("3.12.0");

    script(".venv/bin/python", GOOD);
    assertThat(find("").version()).isEqualTo("3.11.7");
  }

  @Test
  void executableThatPythonDoesNotKnowIsTheOneThatWasRun() throws Exception {
    script("python", GOOD.replace("/real/python3", ""));

    assertThat(find("./python").executable()).isEqualTo(home.resolve("./python"));
  }

  @Test
  void missingInterpreterIsNamedWithTheSettingAtOnce() {
    Path missing = home.resolve("nope/python");
    long before = System.nanoTime();

    assertThatThrownBy(() -> find(missing.toString()))
        .isInstanceOf(InterpreterException.class)
        .hasMessage(
            "pools.ml.python: cannot start "
                + missing
                + ": no such file; name a Python interpreter of 3.10 or newer");
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(2));
  }

  @Test
  void missingNameIsNamedWithThePath() {
    assertThatThrownBy(() -> find("python9"))
        .hasMessage("pools.ml.python: no program python9 on the PATH " + home.resolve("bin"));
  }

  @Test
  void nothingToBeFoundTellsWhereItWasLookedFor() {
    assertThatThrownBy(() -> find(""))
        .isInstanceOf(InterpreterException.class)
        .hasMessageContaining(home.resolve(".venv/bin/python").toString())
        .hasMessageContaining("pools.ml.python");
  }

  @Test
  void programThatIsNoPythonIsNamedWithItsComplaint() throws Exception {
    Path program = script("other", "#!/bin/sh\necho unknown option >&2\nexit 2\n");

    assertThatThrownBy(() -> find("./other"))
        .hasMessageStartingWith("pools.ml.python: ")
        .hasMessageContaining(program.getFileName() + " is no Python interpreter: unknown option");
  }

  @Test
  void oldPythonIsRefused() throws Exception {
    script("python", GOOD.replace("3.11.7", "3.9.18"));

    assertThatThrownBy(() -> find("./python"))
        .hasMessageEndingWith("is Python 3.9.18; 3.10 or newer is needed");
  }

  /** A version of fewer parts than the limit has counts as one that ends in zeros. */
  @ParameterizedTest
  @CsvSource({"3, true", "3.9, true", "3.10, false", "4, false", "3.x, true", "'', true"})
  void shortVersionsCountAsIfTheyEndedInZeros(String version, boolean older) {
    assertThat(InterpreterProbe.older(version, List.of(3, 10))).isEqualTo(older);
  }

  @Test
  void whatLooksLikeAnAnswerAndIsNoneIsLeftAlone() throws Exception {
    script("python", GOOD.replace("echo a line", "echo snakepit:nothing; echo a line"));

    assertThat(find("./python").version()).isEqualTo("3.11.7");
  }

  @Test
  void longComplaintIsKeptInPart() throws Exception {
    String lines = "i=0; while [ $i -lt 100 ]; do echo no $i >&2; i=$((i + 1)); done\n";
    Path program = script("other", "#!/bin/sh\n" + lines + "exit 2\n");

    InterpreterProbe probe =
        InterpreterProbe.run(
            search("./other"), program, new JdkProcessLauncher(), Duration.ofMinutes(1));

    assertThat(probe.errors()).hasSize(20).startsWith("no 0", "no 1");
  }

  @Test
  void fileOfThatNameThatCanNotBeRunIsPassedBy() throws Exception {
    Files.createDirectories(home.resolve("bin/python3.11"));
    Path text = script("other/python3.11", GOOD);
    Files.setPosixFilePermissions(text, PosixFilePermissions.fromString("rw-------"));
    Path program = script("last/python3.11", GOOD);
    String search =
        "::%s:%s:%s".formatted(home.resolve("bin"), text.getParent(), program.getParent());

    assertThat(Programs.onPath("python3.11", search)).isEqualTo(program);
    assertThat(Programs.onPath("python3.11", "")).isNull();
  }

  @Test
  void interpreterThatDoesNotAnswerIsEnded() throws Exception {
    Path program = script("python", "#!/bin/sh\nexec sleep 60\n");

    assertThatThrownBy(
            () ->
                InterpreterProbe.run(
                    search("./python"), program, new JdkProcessLauncher(), Duration.ofMillis(50)))
        .isInstanceOf(InterpreterException.class)
        .hasMessage("pools.ml.python: " + program + " did not answer within 50 ms");
  }

  @Test
  void interruptionIsPassedOn() throws Exception {
    Path program = script("python", "#!/bin/sh\nexec sleep 60\n");
    Thread.currentThread().interrupt();

    assertThatThrownBy(
            () ->
                InterpreterProbe.run(
                    search("./python"), program, new JdkProcessLauncher(), Duration.ofMinutes(1)))
        .isInstanceOf(InterpreterException.class)
        .hasMessageContaining("interrupted");
    assertThat(Thread.interrupted()).isTrue();
  }

  private Interpreter find(String configured) throws InterpreterException {
    return Interpreter.find(search(configured), new JdkProcessLauncher());
  }

  private Interpreter.Search search(String configured) {
    Map<String, String> environment = Map.of("PATH", home.resolve("bin").toString());
    return new Interpreter.Search("ml", configured, home, environment);
  }

  private Path script(String name, String text) throws IOException {
    Path file = home.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text.replace("exec sleep", "exec /bin/sleep"));
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }
}
