package io.snakepit.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShortageTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "accept(..) failed with error(-24): Too many open files",
        "Cannot run program \"python3\": error=24, Too many open files",
        "/data/run/x: Too many open files in system"
      })
  void namesTheLimitOfFiles(String message) {
    assertThat(Shortage.explained(message))
        .startsWith(message)
        .containsPattern("may open no more than (\\d+|any number of) files \\(RLIMIT_NOFILE");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Cannot run program \"python3\": error=11, Resource temporarily unavailable",
        "unable to create native thread: possibly out of memory or process/resource limits reached"
      })
  void namesTheLimitOfProcesses(String message) {
    assertThat(Shortage.explained(message))
        .startsWith(message)
        .containsPattern("may have (\\d+|any number of) processes and threads \\(RLIMIT_NPROC");
  }

  @Test
  void leavesOtherMessagesAsTheyAre() {
    assertThat(Shortage.explained("no such file")).isEqualTo("no such file");
    assertThat(Shortage.probe()).isEmpty();
  }

  @Test
  void tellsALimitFromNone() {
    assertThat(Shortage.words(1024)).isEqualTo("1024");
    assertThat(Shortage.words(-1)).isEqualTo("any number of");
  }

  @Test
  void whatCannotBeStartedForWantOfFilesSaysSo() {
    assertThat(new LaunchException("python3", "error=24, Too many open files"))
        .hasMessageContaining("RLIMIT_NOFILE");
  }
}
