package io.snakepit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {

  @Test
  void withoutCommandShowsHelpAsBadUsage() {
    CommandRun run = CommandRun.of();

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.outText()).isEmpty();
    assertThat(run.err())
        .startsWith("which command?")
        .contains("exec", "profile", "diagnose", "version", "test");
  }

  @ParameterizedTest
  @ValueSource(strings = {"serve", "exec", "profile", "diagnose", "version", "test", "bench"})
  void everyCommandHelps(String command) {
    CommandRun run = CommandRun.of(command, "--help");

    assertThat(run.exitCode()).isZero();
    assertThat(run.outText()).contains("Usage: snakepit " + command);
    assertThat(run.err()).isEmpty();
  }

  @Test
  void helpShowsExamples() {
    assertThat(CommandRun.of("--help").outText()).contains("./snakepit exec add '{\"a\": 1");
  }

  @Test
  void unknownCommandNamesTheNearestOne() {
    CommandRun run = CommandRun.of("exce", "ping");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("exce").contains("Did you mean", "exec");
  }

  @Test
  void unknownOptionIsBadUsage() {
    CommandRun run = CommandRun.of("exec", "ping", "--poool", "ml");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("--poool");
  }

  @ParameterizedTest
  @ValueSource(strings = {"test", "bench"})
  void whatOnlyTheLauncherCanDoIsRefusedWithTheWayToDoIt(String command) {
    CommandRun run = CommandRun.of(command);

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("./snakepit " + command);
  }
}
