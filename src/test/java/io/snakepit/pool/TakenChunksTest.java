package io.snakepit.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.config.PoolOptions;
import io.snakepit.pool.TakenChunks.Step;
import org.junit.jupiter.api.Test;

class TakenChunksTest {

  private static PoolOptions.Stream window(int chunks, long bytes, long idleTimeoutMs) {
    return new PoolOptions.Stream(chunks, bytes, idleTimeoutMs, 0);
  }

  @Test
  void whoIsOnAnotherThreadTellsByHalfWindows() {
    assertThat(TakenChunks.step(window(16, 100, 0), false)).isEqualTo(new Step(8, 50));
    assertThat(TakenChunks.step(window(1, 1, 0), false)).isEqualTo(new Step(1, 1));
  }

  @Test
  void whoIsOnThePoolsThreadTellsEach() {
    assertThat(TakenChunks.step(window(16, 100, 0), true)).isEqualTo(new Step(1, 50));
  }

  /** Fails if a consumer that takes slowly, but in time, is held for one that stands still. */
  @Test
  void soDoesWhoHasToTakeOneInTime() {
    assertThat(TakenChunks.step(window(16, 100, 1_000), false)).isEqualTo(new Step(1, 50));
  }
}
