package io.snakepit.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.snakepit.bridge.WorkerAcceptor.FrameLimits;
import org.junit.jupiter.api.Test;

class FrameLimitsTest {

  @Test
  void aFrameMayBeAMebibyteLargerThanABody() {
    assertThat(new FrameLimits(64).maxFrameBytes()).isEqualTo(64 + 1024 * 1024);
  }

  @Test
  void aFrameMustFitIntoOneBuffer() {
    FrameLimits highest = new FrameLimits(FrameLimits.HIGHEST_BODY);
    assertThat(highest.maxFrameBytes() + FrameReader.PREFIX).isLessThan(Integer.MAX_VALUE);
    assertThatThrownBy(() -> new FrameLimits(FrameLimits.HIGHEST_BODY + 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxBodyBytes must be between 1 and 2145386495: got 2145386496");
    assertThatThrownBy(() -> new FrameLimits(0)).isInstanceOf(IllegalArgumentException.class);
  }
}
