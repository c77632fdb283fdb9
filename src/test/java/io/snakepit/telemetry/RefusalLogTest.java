package io.snakepit.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RefusalLogTest {
  private final RefusalLog log = new RefusalLog();

  @Test
  void tellsTheFirstAndThenCounts() {
    assertThat(log.refused("a", -5)).isEqualTo("a");
    assertThat(log.refused("b", -4)).isNull();
    assertThat(log.refused("c", -5 + RefusalLog.PAUSE_NANOS - 1)).isNull();
    assertThat(log.refused("d", -5 + RefusalLog.PAUSE_NANOS))
        .isEqualTo("d (and 2 others since the last line)");
    assertThat(log.refused("e", -5 + 2 * RefusalLog.PAUSE_NANOS)).isEqualTo("e");
    assertThat(log.count()).isEqualTo(5);
  }
}
