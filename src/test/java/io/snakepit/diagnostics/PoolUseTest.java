package io.snakepit.diagnostics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.snakepit.api.ErrorCode;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;

class PoolUseTest {
  @Test
  void tellsHowMuchOfThePoolWasInUse() {
    PoolUse use = new PoolWatched().size(4, 1).busy(1, 1, 0).outcome("OK", 20).use();

    assertThat(use.seconds()).isEqualTo(5);
    assertThat(use.meanUtilisation()).isCloseTo(0.25, within(1e-9));
    assertThat(use.peakUtilisation()).isEqualTo(0.25);
    assertThat(use.meanBusy()).isCloseTo(1, within(1e-9));
    assertThat(use.peakBusy()).isEqualTo(1);
  }

  @Test
  void countsOnlyWhatCameInTheTimeAndIsAnOutcome() {
    PoolUse use = new PoolWatched().outcome("OK", 20).outcome("PYTHON_EXCEPTION", 2).use();

    assertThat(use.outcomes()).containsOnlyKeys("OK", "PYTHON_EXCEPTION");
    assertThat(use.executed()).isEqualTo(110);
    assertThat(use.outcome(ErrorCode.PYTHON_EXCEPTION)).isEqualTo(10);
  }

  @Test
  void whatNeverRanCameAllTheSame() {
    PoolUse use =
        new PoolWatched().outcome("OK", 10).outcome("QUEUE_TIMEOUT", 6).busy(2, 2, 3).use();

    assertThat(use.executed()).isEqualTo(50);
    assertThat(use.refused()).isEqualTo(30);
    assertThat(use.offeredPerSecond()).isCloseTo(80 / 5.0, within(1e-9));
    assertThat(use.queuedShare()).isEqualTo(1);
  }

  /** Two calls at a time, 20 a second: each takes 100 ms. */
  @Test
  void theRunTimeFollowsFromTheCallsSeen() {
    PoolUse use = new PoolWatched().busy(2, 2, 0).outcome("OK", 20).runMs(80).use();

    assertThat(use.meanRunMs()).isCloseTo(100, within(1e-9));
    assertThat(use.capacityPerWorker()).isCloseTo(10, within(1e-9));
  }

  @Test
  void callsTooShortToBeSeenLeaveTheServersMedian() {
    PoolWatched watched = new PoolWatched().busy(0, 0, 0).outcome("OK", 20);

    assertThat(watched.use().meanRunMs()).isEqualTo(30);
    assertThat(watched.runMs(2).use().meanRunMs()).isEqualTo(2);
  }

  @Test
  void withoutCallsThereIsNoRunTime() {
    assertThat(new PoolWatched().runMs(2).use().meanRunMs()).isNaN();
  }

  /** Two busy workers use 400 ms of 2 s each second. */
  @Test
  void theProcessorsShareIsOfBusyTime() {
    PoolUse use = new PoolWatched().busy(2, 2, 0).outcome("OK", 20).cpuMsPerSecond(400).use();

    assertThat(use.cpuShare()).isCloseTo(0.2, within(1e-6));
    assertThat(use.cpuMsPerCall()).isCloseTo(20, within(1e-6));
  }

  @Test
  void ofShortCallsTheShareFollowsFromTheirNumber() {
    PoolUse use =
        new PoolWatched().busy(0, 0, 0).outcome("OK", 20).runMs(10).cpuMsPerSecond(100).use();

    assertThat(use.cpuShare()).isCloseTo(0.5, within(1e-6));
  }

  @Test
  void anOlderServerTellsNoProcessorTime() {
    assertThat(new PoolWatched().busy(2, 2, 0).outcome("OK", 20).use().cpuShare()).isNaN();
  }

  @Test
  void aServerThatWasStartedAnewCountsFromZero() {
    PoolSample before = sample(0, new JsonObject().put("OK", 1000));
    PoolSample after = sample(1_000_000_000, new JsonObject().put("OK", 30));

    assertThat(new PoolUse(List.of(before, after)).executed()).isEqualTo(30);
  }

  private static PoolSample sample(long at, JsonObject counters) {
    return PoolSample.of(at, new JsonObject().put("counters", counters), new JsonArray());
  }

  @Test
  void oneSampleIsNoTime() {
    PoolSample alone = sample(0, new JsonObject());

    assertThatThrownBy(() -> new PoolUse(List.of(alone))).hasMessageContaining("two samples");
  }

  @Test
  void concurrencyFollowsFromTheCapacityWhereItIsNotTold() {
    assertThat(new PoolWatched().size(2, 8).use().last().workers().concurrency()).isEqualTo(8);
  }

  @Test
  void jsonHasNullForWhatIsNotTold() {
    JsonObject json = new PoolWatched().busy(2, 2, 0).outcome("OK", 20).use().toJson();

    assertThat(json.getDouble("callsPerSecond")).isEqualTo(20);
    assertThat(json.getJsonObject("queueMs").getValue("p50")).isNull();
    assertThat(json.getValue("profile")).isNull();
    assertThat(json.getJsonObject("outcomes").getLong("OK")).isEqualTo(100);
  }
}
