package io.snakepit.pool.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RestartBackoffTest {

  @Test
  void growsWithEachReplacementAndStaysAtTheLastDelay() {
    RestartBackoff backoff = new RestartBackoff(List.of(0L, 50L, 100L), 1_000);
    assertThat(List.of(backoff.next(0), backoff.next(1), backoff.next(2), backoff.next(3)))
        .containsExactly(0L, 50L, 100L, 100L);
  }

  @Test
  void beginsAnewOnceTheWindowHasPassed() {
    RestartBackoff backoff = new RestartBackoff(List.of(0L, 50L), 1_000);
    backoff.next(-10);
    backoff.next(0);
    assertThat(backoff.next(1_000)).isZero();
  }
}
