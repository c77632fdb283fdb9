package io.snakepit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.cli.LauncherSandbox.Run;
import io.snakepit.cli.LauncherSandbox.Started;
import io.snakepit.process.ProcessTable;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests of the steps of the launcher's set-up, which signals end at any time. */
class LauncherStepsIT extends LauncherTestBase {
  @Test
  void anInterruptedSetUpEndsAtOnceAndIsDoneAnew() {
    sandbox.writeBin("mvn.hangs", "");
    Started launcher = startVersion();
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
}
