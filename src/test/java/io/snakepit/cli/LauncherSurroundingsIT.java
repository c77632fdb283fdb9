package io.snakepit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.cli.LauncherSandbox.Run;
import io.snakepit.cli.LauncherSandbox.Started;
import io.snakepit.testing.OtherUsers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of {@code ./snakepit} in surroundings that are not as usual. */
class LauncherSurroundingsIT extends LauncherTestBase {
  private static final Pattern DUE_LINE = Pattern.compile("\\.\\.\\. 1\\d s\\n");

  /** Fails without the launcher's first lines: the JVM's own files would take those numbers. */
  @Test
  void whatItsCallerHasClosedIsOpenForTheJvm() {
    sandbox.run("version");
    sandbox.writeProgram(
        "java",
        "fds=$(readlink /proc/$$/fd/0 /proc/$$/fd/1 /proc/$$/fd/2) || :; echo \"$fds\" >\"$0.fds\"");

    Run run =
        sandbox.runIn(
            sandbox.repository,
            Path.of("/bin/sh"),
            "-c",
            "exec \"$0\" version <&- >&- 2>&-",
            repository("snakepit").toString());

    assertThat(run.exitCode()).isZero();
    assertThat(sandbox.bin.resolve("java.fds")).content().isEqualTo("/dev/null\n".repeat(3));
  }

  /** Without a program {@code locale}, names tell; with one, it does. */
  @ParameterizedTest
  @CsvSource({
    "'', '', C.UTF-8",
    "LC_ALL, C, C.UTF-8",
    "LANG, de_DE, C.UTF-8",
    "LANG, de_DE.UTF-8, ''",
    "LC_ALL, en_GB.utf8, ''",
    "LC_CTYPE, POSIX, C.UTF-8"
  })
  void runsInUtf8(String variable, String locale, String forced) {
    sandbox.run("version");
    sandbox.writeProgram("java", "echo \"locale ${LC_ALL:-}\"");
    if (!variable.isEmpty()) {
      sandbox.environment.put(variable, locale);
    }

    assertThat(sandbox.run("version").out())
        .isEqualTo(
            "locale " + (forced.isEmpty() && variable.equals("LC_ALL") ? locale : forced) + "\n");
  }

  /** As on a machine that lacks what the caller's variables name. */
  @Test
  void takesTheFirstLocaleOfUtf8ThatTheMachineHas() {
    sandbox.run("version");
    sandbox.writeProgram("java", "echo \"locale ${LC_ALL:-}\"");
    sandbox.writeProgram(
        "locale", "[ \"${LC_ALL:-}\" = en_US.UTF-8 ] && echo UTF-8 || echo ANSI_X3.4-1968");
    sandbox.environment.put("LC_ALL", "xx_YY.UTF-8");

    assertThat(sandbox.run("version").out()).isEqualTo("locale en_US.UTF-8\n");
  }

  /** Runs the launcher as a user who may read the repository and not write it. */
  private Run runAsReader(String... arguments) throws IOException {
    for (Path each : List.of(folder, sandbox.repository, sandbox.repository.resolve("target"))) {
      if (Files.exists(each)) {
        Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("r-xr-xr-x"));
      }
    }
    try {
      List<String> command = new ArrayList<>();
      if (OtherUsers.canGive()) {
        command.addAll(List.of("--reuid=65534", "--regid=65534", "--clear-groups"));
        command.add(repository("snakepit").toString());
        command.addAll(List.of(arguments));
        Path setpriv = Path.of("/usr/bin/setpriv");
        return sandbox.runIn(sandbox.repository, setpriv, command.toArray(String[]::new));
      }
      return sandbox.run(arguments);
    } finally {
      for (Path each : List.of(folder, sandbox.repository, sandbox.repository.resolve("target"))) {
        if (Files.exists(each)) {
          Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
      }
    }
  }

  @Test
  void aProjectThatCanNotBeWrittenIsToldWithTheRemedy() throws IOException {
    Run run = runAsReader("version");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err().lines())
        .containsExactly(
            "snakepit: it has to build first, and "
                + sandbox.repository.toRealPath()
                + " can't be written by this user.",
            "snakepit: Let the user whom it belongs to run \"./snakepit version\" once, or copy the"
                + " project to a folder of yours.");
    assertThat(sandbox.mavenCalls()).isEmpty();
  }

  @Test
  void aProjectThatCanNotBeWrittenIsRunIfItIsBuilt() throws IOException {
    sandbox.run("version");
    Files.delete(repository("target/launcher/jdk"));
    Path work = repository("target/launcher");
    Files.setPosixFilePermissions(work, PosixFilePermissions.fromString("r-xr-xr-x"));

    Run run = runAsReader("version");

    Files.setPosixFilePermissions(work, PosixFilePermissions.fromString("rwxr-xr-x"));
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("-jar ");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aLauncherThatWaitsForAnotherShowsIt(boolean withFlock) {
    if (!withFlock) {
      sandbox.take("flock");
    }
    sandbox.writeBin("mvn.hangs", "");
    // Looks that miss the very second in which a line is due, as on a busy machine.
    sandbox.writeProgram("sleep", "exec /bin/sleep 3");
    Started first = startVersion();
    awaitMavenCalls(1);
    Started second = startVersion();

    try {
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> second.err().contains("waiting for another ./snakepit that is setting up"));
      // As the clock goes on, so do the lines.
      Awaitility.await()
          .atMost(Duration.ofSeconds(40))
          .until(() -> DUE_LINE.matcher(second.err()).find());
    } finally {
      sandbox.take("mvn.hangs");
    }
    assertThat(first.finish().exitCode()).isZero();
    assertThat(second.finish().exitCode()).isZero();
    assertThat(second.err()).doesNotContain("building the jar");
  }
}
