package io.snakepit.cli;

import static io.snakepit.cli.LauncherSandbox.delete;
import static io.snakepit.cli.LauncherSandbox.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.cli.LauncherSandbox.Run;
import io.snakepit.cli.LauncherSandbox.Started;
import io.snakepit.process.ProcessTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of {@code ./snakepit} itself, with stand-ins for the programs that it calls. */
class LauncherTest {
  @TempDir Path folder;
  private LauncherSandbox sandbox;

  @BeforeEach
  void makeSandbox() {
    sandbox = new LauncherSandbox(folder);
  }

  private Path repository(String file) {
    return sandbox.repository.resolve(file);
  }

  @Test
  void firstUseBuildsJarAndVirtualEnvironmentAndTellsSo() {
    Run run = sandbox.run("version");

    assertThat(run.err()).contains("building the jar", "making .venv", "installing the Python");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("-jar " + repository("target/launcher/snakepit.jar"), "version");
    assertThat(repository("target/launcher/lib/a.jar")).exists();
    assertThat(sandbox.pipCalls()).singleElement().asString().contains("--editable");
  }

  @Test
  void secondUseBuildsNothingAndSaysNothing() {
    sandbox.run("version");

    Run second = sandbox.run("version");

    assertThat(second.err()).isEmpty();
    assertThat(sandbox.mavenCalls()).hasSize(1);
    assertThat(sandbox.pipCalls()).hasSize(1);
  }

  @Test
  void becomesTheJvmSoThatSignalsReachIt() {
    Run run = sandbox.run("version");

    assertThat(run.out()).contains("pid " + run.pid() + "\n");
  }

  @Test
  void keepsTheFolderThatItIsCalledIn() throws IOException {
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere")).toRealPath();
    Path link = Files.createSymbolicLink(folder.resolve("link"), repository("snakepit"));

    Run run = sandbox.runIn(elsewhere, link, "serve", "--config", "my.yaml");

    assertThat(run.out()).contains("folder " + elsewhere + "\n", "serve --config my.yaml");
    assertThat(run.out()).contains("-Dsnakepit.home=" + sandbox.repository.toRealPath());
  }

  @ParameterizedTest
  @ValueSource(strings = {"src/main/java/A.java", "pom.xml", "python/src/snakepit/_tools/tool.py"})
  void aChangedSourceIsBuilt(String source) {
    sandbox.run("version");

    write(repository(source), "changed");
    sandbox.run("version");

    assertThat(sandbox.mavenCalls()).hasSize(2);
    assertThat(sandbox.pipCalls()).hasSize(1);
  }

  @Test
  void aSourceThatWentIsNoticed() {
    write(repository("src/main/java/B.java"), "content");
    sandbox.run("version");

    delete(repository("src/main/java/B.java"));
    sandbox.run("version");

    assertThat(sandbox.mavenCalls()).hasSize(2);
  }

  @Test
  void whatPythonLeavesBesideItsSourcesIsNoChange() {
    sandbox.run("version");

    write(repository("python/src/snakepit/__pycache__/a.pyc"), "compiled");
    write(repository("python/src/snakepit/v1/worker_pb2.py"), "generated");

    assertThat(sandbox.run("version").err()).isEmpty();
  }

  @Test
  void aChangedPythonProjectIsInstalledAnew() {
    sandbox.run("version");

    write(repository("python/pyproject.toml"), "changed");
    Run run = sandbox.run("version");

    assertThat(run.err()).contains("installing").doesNotContain("making .venv", "jar");
    assertThat(sandbox.pipCalls()).hasSize(2);
  }

  @Test
  void aFailedBuildShowsItsErrorsAndIsTriedAnew() {
    sandbox.writeBin("mvn.fails", "");

    Run failed = sandbox.run("version");
    sandbox.take("mvn.fails");
    Run second = sandbox.run("version");

    assertThat(failed.exitCode()).isEqualTo(1);
    assertThat(failed.out()).isEmpty();
    assertThat(failed.err())
        .contains("building the jar: FAILED", "cannot find symbol", "target/launcher/jar.log")
        .doesNotContain("much talk");
    assertThat(second.exitCode()).isZero();
  }

  @Test
  void anInterruptedSetUpEndsAtOnceAndIsDoneAnew() {
    sandbox.writeBin("mvn.hangs", "");
    Started launcher = sandbox.start(sandbox.repository, repository("snakepit"), "version");
    awaitMavenCalls(1);

    launcher.process().destroy();
    Run interrupted = launcher.finish();
    sandbox.take("mvn.hangs");
    Run second = sandbox.run("version");

    assertThat(interrupted.exitCode()).isEqualTo(143);
    assertThat(interrupted.err()).contains("interrupted");
    assertThat(second.exitCode()).isZero();
    assertThat(sandbox.mavenCalls()).hasSize(2);
  }

  /**
   * The shell traces itself, and thereby calls a program before each of its commands, which sends
   * the signal before the one of that number. Fails without {@code hold_signals}.
   */
  @ParameterizedTest
  @CsvSource({
    "building the jar, 4, mvn",
    "building the jar, 7, mvn",
    "building the jar, 8, mvn",
    "building the jar, 9, mvn",
    "building the jar, 10, mvn",
    "building the jar, 11, mvn",
    "building the jar, 12, mvn",
    "building the jar, 13, mvn",
    "building the jar, 14, mvn",
    "building the jar, 15, mvn",
    "building the jar, 16, mvn",
    "preparing fast starts, 12, java",
    "preparing fast starts, 16, java",
    "preparing fast starts, 20, java",
    "preparing fast starts, 25, java",
    "preparing fast starts, 30, java",
    "preparing fast starts, 33, java",
    "preparing fast starts, 36, java",
    "preparing fast starts, 40, java"
  })
  void aSignalAtAnyPointOfAStepLeavesNothing(String step, int point, String tool) {
    assertLeavesNothing(step, point, tool);
  }

  /**
   * The server that warms the classes up does not want to end. Fails, in some runs, if {@code
   * end_server} lets further signals in, and always if it has as much time as its step.
   */
  @Test
  void aSignalToAStepWhoseServerIsDeafLeavesNothing() {
    sandbox.writeBin("java.deaf", "");
    assertLeavesNothing("preparing fast starts", 40, "java");
  }

  private void assertLeavesNothing(String step, int point, String tool) {
    sandbox.writeProgram(
        "signal",
        """
        at=$(cat "$0.count" 2>/dev/null || echo 1)
        echo $((at + 1)) >"$0.count"
        [ "$at" -lt %d ] || ! mkdir "$0.sent" 2>/dev/null || kill "$1"
        """
            .formatted(point));
    // What the clock does is not counted: it is called with the label.
    String counted = "case ${label-}:${1-} in '%1$s':'%1$s'*) ;; '%1$s':*) signal $$ ;; esac";
    sandbox.environment.put("PS4", "$(" + counted.formatted(step) + ")+ ");
    Map<String, String> mark = Map.of("LAUNCHER_TEST", UUID.randomUUID().toString());
    sandbox.environment.putAll(mark);
    sandbox.writeBin(tool + ".hangs", "");

    Run interrupted =
        sandbox.runIn(
            sandbox.repository,
            sandbox.bin.resolve("sh"),
            "-x",
            repository("snakepit").toString(),
            "version");

    try {
      assertThat(interrupted.exitCode()).isEqualTo(143);
      // The clock looks once a second whether its launcher is there.
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> assertThat(ProcessTable.system().bearing(mark)).isEmpty());
    } finally {
      sandbox.take(tool + ".hangs");
    }
  }

  /**
   * A command that has ended before its clock has begun. Fails, in most runs, if {@code try_step}
   * starts the clock after {@code hold_signals}: the clock loses the signal that is to end it.
   */
  @Test
  void aStepIsOverWithItsCommandHoweverShortThatIs() {
    sandbox.writeProgram(
        "steps",
        """
        set -eu
        . "$1/launcher/progress.sh"
        step=0
        while [ $step -lt 200 ]; do
          step=$((step + 1))
          try_step "step $step" /dev/null true
        done
        """);

    Run run =
        sandbox.runIn(
            sandbox.repository, sandbox.bin.resolve("steps"), sandbox.repository.toString());

    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).contains("step 200: done in");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void launchersStartedTogetherBuildOnce(boolean withFlock) {
    if (!withFlock) {
      sandbox.take("flock");
    }
    sandbox.writeBin("mvn.hangs", "");
    Started first = sandbox.start(sandbox.repository, repository("snakepit"), "version");
    awaitMavenCalls(1);
    Started second = sandbox.start(sandbox.repository, repository("snakepit"), "version");
    sandbox.take("mvn.hangs");

    assertThat(first.finish().exitCode()).isZero();
    assertThat(second.finish().exitCode()).isZero();
    assertThat(sandbox.mavenCalls()).hasSize(1);
    assertThat(sandbox.pipCalls()).hasSize(1);
  }

  @Test
  void aLockWhoseHolderIsGoneIsTaken() throws Exception {
    Process gone = new ProcessBuilder("true").start();
    assertThat(gone.waitFor(10, TimeUnit.SECONDS)).isTrue();
    sandbox.take("flock");
    write(repository("target/launcher/lock.d/pid"), gone.pid() + "\n");

    assertThat(sandbox.run("version").exitCode()).isZero();
    assertThat(repository("target/launcher/lock.d")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({
    "java, JDK 17",
    "javac, no javac",
    "mvn, Maven 3.8",
    "python3, Python 3.10",
  })
  void aMissingToolIsNamedWithTheWayToGetIt(String tool, String named) {
    sandbox.take(tool);

    Run run = sandbox.run("version");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains(named, "apt-get install", "brew install");
    assertThat(sandbox.mavenCalls()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "java.version, 11.0.2, must be 17 or newer",
    "mvn.version, 3.6.3, must be 3.8 or newer",
    "is-old, '', Python 3.10 or newer",
    "lacks-venv, '', python3-venv",
  })
  void aToolTooOldOrIncompleteIsNamed(String file, String content, String named) {
    sandbox.writeBin(file, content);

    Run run = sandbox.run("version");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains(named);
  }

  @Test
  void everythingMissingIsNamedAtOnce() {
    sandbox.take("mvn");
    sandbox.take("python3");

    assertThat(sandbox.run("version").err()).contains("Maven", "Python");
  }

  @ParameterizedTest
  @ValueSource(strings = {"MINGW64_NT-10.0", "MSYS_NT-10.0", "CYGWIN_NT-10.0"})
  void windowsIsRefusedWithAWayOut(String system) {
    sandbox.take("uname");
    sandbox.writeProgram("uname", "echo " + system);

    Run run = sandbox.run("serve");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("WSL2");
  }

  @Test
  void javaHomeGoesBeforeThePath() throws IOException {
    Path home = folder.resolve("jdk");
    Files.createDirectories(home.resolve("bin"));
    Files.move(sandbox.bin.resolve("java"), home.resolve("bin/java"));
    Files.move(sandbox.bin.resolve("javac"), home.resolve("bin/javac"));
    sandbox.environment.put("JAVA_HOME", home.toString());

    assertThat(sandbox.run("version").exitCode()).isZero();
  }

  @Test
  void aWrongJavaHomeIsNamed() {
    sandbox.environment.put("JAVA_HOME", "/nonexistent/jdk");

    Run run = sandbox.run("version");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("JAVA_HOME is /nonexistent/jdk");
  }

  @Test
  void passesTheUsersOptionsToTheJvm() {
    sandbox.environment.put("SNAKEPIT_JAVA_OPTS", "-Xmx64m -Da=b");

    assertThat(sandbox.run("serve").out()).contains(" -Xmx64m -Da=b ");
  }

  @ParameterizedTest
  @CsvSource({"17.0.1, false", "25.0.1, true"})
  void allowsANewJdkWhatItWouldWarnOf(String version, boolean allowed) {
    sandbox.writeBin("java.version", version);

    assertThat(sandbox.run("version").out().contains("--enable-native-access=ALL-UNNAMED"))
        .isEqualTo(allowed);
  }

  @Test
  void benchRunsItsClassWithTheTestsClassPath() {
    Run run = sandbox.run("bench", "--json", "out.json");

    assertThat(run.out()).contains("/lib/test.jar io.snakepit.bench.Main --json out.json");
    assertThat(sandbox.run("bench").err()).isEmpty();
  }

  private void awaitMavenCalls(int count) {
    Awaitility.await().until(() -> sandbox.mavenCalls().size() == count);
  }
}
