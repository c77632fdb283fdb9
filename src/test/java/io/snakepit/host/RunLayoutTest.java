package io.snakepit.host;

import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RunLayoutTest {

  /** T6. */
  @Test
  void refusesWindowsAndNamesTheWayOut() {
    assertThatThrownBy(() -> RunLayout.refuseWindows("Windows 11"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("WSL2");
  }

  @Test
  void runsOnLinuxAndMacOs() {
    assertThatNoException().isThrownBy(() -> RunLayout.refuseWindows("Linux"));
    assertThatNoException().isThrownBy(() -> RunLayout.refuseWindows("Mac OS X"));
  }
}
