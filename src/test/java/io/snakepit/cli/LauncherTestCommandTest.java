package io.snakepit.cli;

import static io.snakepit.cli.LauncherSandbox.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.cli.LauncherSandbox.Run;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of {@code ./snakepit test}, with stand-ins for the programs that it calls. */
class LauncherTestCommandTest {
  @TempDir Path folder;
  private LauncherSandbox sandbox;

  @BeforeEach
  void makeSandbox() {
    sandbox = new LauncherSandbox(folder);
  }

  @Test
  void runsEveryCheckAndEndsWithAVerdict() {
    Run run = sandbox.run("test");

    assertThat(run.exitCode()).isZero();
    assertThat(sandbox.mavenCalls().get(0)).contains("verify");
    assertThat(sandbox.pipCalls()).singleElement().asString().endsWith("python[test]");
    assertThat(run.out()).contains("ruff check .", "ruff format --check .", "mypy", "pytest");
    assertThat(run.out().lines()).contains("lint-imports --no-cache");
    assertThat(run.out()).contains("shellcheck -x snakepit .ci/run launcher/");
    assertThat(run.out().lines()).contains("run run-all --fast");
    assertThat(run.out().lines().reduce((before, last) -> last).orElseThrow())
        .startsWith("snakepit test: PASSED in ");
  }

  @Test
  void oneFailureFailsTheWholeAndTheOtherChecksStillRun() {
    sandbox.run("test");
    write(sandbox.repository.resolve(".venv/bin/mypy.fails"), "");
    write(sandbox.repository.resolve(".venv/bin/shellcheck.fails"), "");

    Run run = sandbox.run("test");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out())
        .contains("FAIL  launcher: shellcheck", "FAIL  Python: mypy", "ok    Python: pytest");
    assertThat(run.out()).contains("snakepit test: FAILED in ");
  }

  @Test
  void chaosAddsEveryRoundOfEveryFault() {
    Run run = sandbox.run("test", "--chaos");

    assertThat(run.exitCode()).isZero();
    assertThat(run.out().lines()).contains("run run-all").doesNotContain("run run-all --fast");
    assertThat(run.out()).contains("pytest", "ok    chaos: every fault");
  }

  @Test
  void someLibrariesRunAlwaysAndTheWholeMatrixWhereItIsAskedFor() {
    Run some = sandbox.run("test");
    Run all = sandbox.run("test", "--libraries");

    assertThat(some.out().lines()).contains("run run --few").doesNotContain("run run");
    assertThat(all.out().lines()).contains("run run").doesNotContain("run run --few");
    assertThat(some.out()).contains("ok    libraries: mypy", "ok    libraries: some");
    assertThat(all.out()).contains("ok    libraries: the whole matrix");
  }

  @Test
  void aSeedPlaysThatLifeOfTheSimulatedPoolAlone() {
    Run run = sandbox.run("test", "--seed", "1234");

    assertThat(run.exitCode()).isZero();
    assertThat(sandbox.mavenCalls())
        .singleElement()
        .asString()
        .contains("-Dtest=PoolSimulationTest", "-Dsnakepit.simulation.seed=1234");
    assertThat(run.out()).doesNotContain("pytest");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "-", "1x", "--chaos"})
  void whatIsNoSeedIsRefused(String seed) {
    Run run = sandbox.run("test", "--seed", seed);

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("--seed takes the number", "got '" + seed + "'");
    assertThat(sandbox.mavenCalls()).isEmpty();
  }

  @Test
  void aFaultThatLeavesSomethingFailsTheWhole() {
    sandbox.run("test");
    write(sandbox.repository.resolve(".venv/bin/run-all.fails"), "");

    Run run = sandbox.run("test");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).contains("FAIL  chaos: every fault, few rounds");
  }

  @Test
  void aLibraryThatDoesNotWorkFailsTheWhole() {
    sandbox.run("test");
    write(sandbox.repository.resolve(".venv/bin/run.fails"), "");

    Run run = sandbox.run("test");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).contains("FAIL  libraries: some");
  }

  @Test
  void failedJavaTestsAreNotRunAgainOnANewerJdk() {
    sandbox.run("test");
    int before = sandbox.mavenCalls().size();
    sandbox.writeBin("mvn.fails", "");

    Run run = sandbox.run("test");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(sandbox.mavenCalls()).hasSize(before + 1);
  }

  @Test
  void theVirtualEnvironmentOfTheTestsServesToo() {
    sandbox.run("test");

    assertThat(sandbox.run("serve").err()).contains("jar").doesNotContain("Python");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--soak", "--fast"})
  void whatIsNotThereYetIsRefused(String option) {
    Run run = sandbox.run("test", option);

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains(option);
    assertThat(sandbox.mavenCalls()).isEmpty();
  }
}
