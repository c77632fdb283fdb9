package io.snakepit.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class JdkProcessLauncherTest extends ProcessLauncherContract {
  @Override
  ProcessLauncher launcher() {
    return new JdkProcessLauncher();
  }

  @Test
  void tellsSignalsByTheirOffset() {
    assertThat(JdkProcessLauncher.meaning(137)).isEqualTo(new Exit.Signal(9));
    assertThat(JdkProcessLauncher.meaning(128)).isEqualTo(new Exit.Status(128));
    assertThat(JdkProcessLauncher.meaning(193)).isEqualTo(new Exit.Status(193));
  }
}
