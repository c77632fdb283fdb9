package io.snakepit.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NuProcessLauncherTest extends ProcessLauncherContract {
  @Override
  ProcessLauncher launcher() {
    return new NuProcessLauncher();
  }

  @Test
  void turnsSentinelsIntoTypes() {
    assertThat(NuProcessLauncher.meaning(Integer.MIN_VALUE)).isEqualTo(new Exit.Unknown());
    assertThat(NuProcessLauncher.meaning(Integer.MAX_VALUE)).isEqualTo(new Exit.Unknown());
    assertThat(NuProcessLauncher.meaning(9)).isEqualTo(new Exit.StatusOrSignal(9));
    assertThat(NuProcessLauncher.meaning(0)).isEqualTo(new Exit.Status(0));
    assertThat(NuProcessLauncher.meaning(65)).isEqualTo(new Exit.Status(65));
    assertThat(NuProcessLauncher.meaning(255)).isEqualTo(new Exit.Status(255));
  }

  @Test
  void readsWhatTheKernelTells() {
    assertThat(NuProcessLauncher.meaningOfWait(9 << 8)).isEqualTo(new Exit.Status(9));
    assertThat(NuProcessLauncher.meaningOfWait(9)).isEqualTo(new Exit.Signal(9));
    assertThat(NuProcessLauncher.meaningOfWait(11 | 0x80)).isEqualTo(new Exit.Signal(11));
  }

  @Test
  void switchesTheHookOffThatWouldEndChildrenDuringDrain() {
    assertThat(new NuProcessLauncher()).isNotNull();
    assertThat(System.getProperty("com.zaxxer.nuprocess.enableShutdownHook")).isEqualTo("false");
  }

  @Test
  void endsReadWell() {
    assertThat(new Exit.Status(3)).hasToString("status 3");
    assertThat(new Exit.Signal(9)).hasToString("signal 9");
    assertThat(new Exit.StatusOrSignal(9)).hasToString("status or signal 9");
    assertThat(new Exit.Unknown()).hasToString("unknown status");
  }
}
