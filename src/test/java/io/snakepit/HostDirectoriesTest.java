package io.snakepit;

import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class HostDirectoriesTest {

  /** T6. */
  @Test
  void refusesWindowsAndNamesTheWayOut() {
    assertThatThrownBy(() -> HostDirectories.refuseWindows("Windows 11"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("WSL2");
  }

  @Test
  void runsOnLinuxAndMacOs() {
    assertThatNoException().isThrownBy(() -> HostDirectories.refuseWindows("Linux"));
    assertThatNoException().isThrownBy(() -> HostDirectories.refuseWindows("Mac OS X"));
  }
}
