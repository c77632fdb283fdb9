package io.snakepit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;

class ProcessSignalsTest {

  @Test
  void forgetsItsHookWhereNoSignalCame() {
    Runnable forget =
        new ProcessSignals()
            .onFirst(
                () -> {
                  throw new AssertionError("no signal came");
                });

    forget.run();

    assertThatCode(forget::run).doesNotThrowAnyException();
  }

  @Test
  void theProcesssTerminalHasItsEnvironment() {
    Terminal terminal = Terminal.ofProcess();

    assertThat(terminal.environment()).isEqualTo(System.getenv());
    assertThat(terminal.home()).isAbsolute();
    assertThat(terminal.environment("SNAKEPIT_SURELY_UNSET", "otherwise")).isEqualTo("otherwise");
  }
}
