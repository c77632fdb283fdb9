package io.snakepit.cli;

import static io.snakepit.cli.LauncherSandbox.delete;
import static io.snakepit.cli.LauncherSandbox.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.cli.LauncherSandbox.Run;
import io.snakepit.cli.LauncherSandbox.Started;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of {@code ./snakepit} itself, with stand-ins for the programs that it calls. */
class LauncherTest extends LauncherTestBase {
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

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void launchersStartedTogetherBuildOnce(boolean withFlock) {
    if (!withFlock) {
      sandbox.take("flock");
    }
    sandbox.writeBin("mvn.hangs", "");
    Started first = startVersion();
    awaitMavenCalls(1);
    Started second = startVersion();
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

    assertThat(sandbox.run("serve").out())
        .contains(" -Xmx64m -Da=b ")
        .as("else the JVM goes on without the heap that it needs")
        .contains(" -XX:+ExitOnOutOfMemoryError ");
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
}
