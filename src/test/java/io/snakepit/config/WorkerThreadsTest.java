package io.snakepit.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.snakepit.config.PoolOptions.WorkerThreads;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkerThreadsTest {
  @ParameterizedTest
  @CsvSource({
    "8, 2, 0, 4",
    "8, 3, 0, 2",
    "2, 64, 0, 1",
    "16, 2, 3, 3",
    "16, 8, 3, 2",
    "16, 2, 2.5, 3",
    "16, 2, 0.5, 1"
  })
  void autoSharesTheProcessorsAndKeepsToTheLimitOfOneWorker(
      int processors, int workers, double cpus, int each) {
    assertThat(WorkerThreads.AUTO.each(processors, workers, cpus)).isEqualTo(each);
  }

  @ParameterizedTest
  @CsvSource({"0", "1", "12"})
  void aNumberIsTakenAsItIs(int count) {
    assertThat(new WorkerThreads(count).each(4, 2, 1)).isEqualTo(count);
  }

  @ParameterizedTest
  @CsvSource({"auto, -1", "0, 0", "4096, 4096"})
  void isReadFromTheConfiguration(String value, int count) {
    PoolOptions pool = Typed.pool("ml", "pools: {ml: {threadsPerWorker: %s}}".formatted(value));

    assertThat(pool.threadsPerWorker()).isEqualTo(new WorkerThreads(count));
  }

  @Test
  void autoIsTheDefault() {
    assertThat(Typed.pool("ml", "pools: {ml: {}}").threadsPerWorker())
        .isEqualTo(WorkerThreads.AUTO);
  }

  @ParameterizedTest
  @CsvSource({"-1", "4097", "1.5", "all", "true"})
  void anythingElseIsRefusedWithTheRule(String value) {
    assertThatThrownBy(
            () -> Typed.pool("ml", "pools: {ml: {threadsPerWorker: %s}}".formatted(value)))
        .isInstanceOf(InvalidOptionsException.class)
        .hasMessageContaining("pools.ml.threadsPerWorker must be auto, or a whole number")
        .hasMessageContaining("between 0 and 4096: got ");
  }
}
