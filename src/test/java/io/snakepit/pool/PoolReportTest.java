package io.snakepit.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.Call;
import io.snakepit.config.SnakepitOptions;
import io.snakepit.pool.machine.NoCaller;
import io.snakepit.pool.machine.PoolLimits;
import io.snakepit.pool.machine.PoolPhase;
import io.snakepit.pool.machine.PoolState;
import io.snakepit.pool.machine.ToolRules;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PoolReportTest {
  private final PoolLimits limits = limits();
  private final PoolState state = new PoolState(limits, new SplittableRandom(1));
  private final PoolReport report = new PoolReport(limits, state, "process", new CallTimes(0));

  private static PoolLimits limits() {
    JsonObject pools = new JsonObject().put("p", new JsonObject().put("size", 1));
    SnakepitOptions options = SnakepitOptions.fromJson(new JsonObject().put("pools", pools));
    return ConfiguredLimits.of("p", options.pools().get("p"), options.sessions());
  }

  /** The names of the contract; two further ones tell a pool that serves from one that is well. */
  @Test
  void eachPhaseHasItsName() {
    assertThat(Arrays.stream(PoolPhase.values()).map(PoolReport::name))
        .containsExactly("starting", "ready", "open", "draining", "failed", "drained");
  }

  /** Fails if an operator is told that a pool is drained while a call still runs in it. */
  @Test
  void aPoolThatIsPausedIsDrainedOnceItsCallsAreOver() {
    state.start();
    state.workerReady("p-1", ToolRules.NONE, 0);
    assertThat(name()).isEqualTo("ready");
    state.submit(NoCaller.ticket(Call.of("tool"), "c1", 0), 0);
    state.orders().drain();
    assertThat(name()).isEqualTo("draining");
    state.messages().completed("p-1", 1, null, 0, 0);
    assertThat(name()).isEqualTo("drained");
    state.orders().resume();
    assertThat(name()).isEqualTo("ready");
  }

  private String name() {
    return report.pool(0).toJson().getString("state");
  }
}
