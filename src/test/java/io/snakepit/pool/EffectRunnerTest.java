package io.snakepit.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.HostTools;
import io.snakepit.bus.EventPublisher;
import io.snakepit.config.SnakepitOptions;
import io.snakepit.pool.machine.PoolEffect;
import io.snakepit.pool.machine.PoolEffect.StartFailed;
import io.snakepit.pool.machine.PoolEffect.StartWorker;
import io.snakepit.pool.machine.PoolEffect.StopWorker;
import io.snakepit.worker.NurserySettings;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EffectRunnerTest {
  private static final String WORKER = "p-1";
  private static final long LATER = TimeUnit.HOURS.toNanos(1);

  private final Vertx vertx = Vertx.vertx();
  private final List<String> neverStarted = new ArrayList<>();
  private final EventPublisher events = new EventPublisher(vertx.eventBus(), "p");
  private final WorkerEffects workers = new WorkerEffects(vertx, events, 0, this::neverStarted);
  private final CallEffects calls = new CallEffects(settings(), workers, ticket -> {});
  private final EffectRunner runner = new EffectRunner(events, calls, workers);

  @AfterEach
  void close() {
    vertx.close().await();
  }

  private static NurserySettings settings() {
    JsonObject options = new JsonObject().put("pools", new JsonObject().put("p", new JsonObject()));
    Path nowhere = Path.of("nowhere");
    return new NurserySettings(
        "p",
        SnakepitOptions.fromJson(options).pools().get("p"),
        Map.of(),
        new NurserySettings.Run("run", "test", nowhere, nowhere),
        1 << 20,
        10,
        new HostTools());
  }

  /** As the machine does, which is told in the midst of a list that a worker never started. */
  private void neverStarted(String worker) {
    neverStarted.add(worker);
    runner.perform(List.of(new StartFailed("caused by another effect")), null);
  }

  private String failure() {
    return runner.started().cause().getMessage();
  }

  @Test
  void performsWhatAnEffectCausesBehindAllThatWasDecidedBefore() {
    runner.perform(List.of(new StartWorker(WORKER, LATER)), null);
    List<PoolEffect> effects = List.of(new StopWorker(WORKER), new StartFailed("decided before"));

    runner.perform(effects, null);

    assertThat(neverStarted).containsExactly(WORKER);
    assertThat(failure()).isEqualTo("decided before");
  }

  @Test
  void performsWhatAnEffectCausesBeforeItReturns() {
    runner.perform(List.of(new StartWorker(WORKER, LATER)), null);

    runner.perform(List.of(new StopWorker(WORKER)), null);

    assertThat(failure()).isEqualTo("caused by another effect");
  }
}
