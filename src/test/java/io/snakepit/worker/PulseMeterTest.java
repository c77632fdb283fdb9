package io.snakepit.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.bus.Pulse;
import org.junit.jupiter.api.Test;

class PulseMeterTest {
  private final PulseMeter meter = new PulseMeter();

  @Test
  void countsPingsAndAnswers() {
    meter.begin(10);
    assertThat(meter.next()).isEqualTo(1);
    assertThat(meter.next()).isEqualTo(2);
    assertThat(meter.answered(1, 20)).isTrue();
    assertThat(meter.of("w", 7)).isEqualTo(new Pulse("w", 2, 1, 20, 7, false));
  }

  /** Fails if a worker that answers what it was never asked counts as alive. */
  @Test
  void anAnswerThatMakesNoSenseIsNoSignOfLife() {
    meter.begin(10);
    meter.next();
    assertThat(meter.answered(7, 20)).isFalse();
    assertThat(meter.answered(0, 20)).isFalse();
    assertThat(meter.of("w", 7)).isEqualTo(new Pulse("w", 1, 0, 10, 7, false));
    assertThat(meter.answered(1, 30)).isTrue();
    assertThat(meter.answered(1, 40)).isFalse();
    assertThat(meter.of("w", 7).answeredAt()).isEqualTo(30);
  }
}
