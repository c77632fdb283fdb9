package io.snakepit.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.Call;
import io.snakepit.testing.RunningSnakepit;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A check after each test that the pool still answers, and by the very workers that it had before:
 * none has ended of what the test did. To be registered as a field.
 */
final class UnhurtWorkers implements BeforeEachCallback, AfterEachCallback {
  private final Supplier<RunningSnakepit> running;
  private final Call sample;
  private final Object answer;
  private List<Long> before = List.of();

  /**
   * @param running gives the host, once it has started
   * @param answer what the sample must answer
   */
  UnhurtWorkers(Supplier<RunningSnakepit> running, Call sample, Object answer) {
    this.running = running;
    this.sample = sample;
    this.answer = answer;
  }

  @Override
  public void beforeEach(ExtensionContext test) {
    before = Pools.settledPids(running.get());
  }

  @Override
  public void afterEach(ExtensionContext test) {
    assertThat(running.get().call(sample)).isEqualTo(answer);
    assertThat(Pools.pids(running.get())).isEqualTo(before);
  }
}
