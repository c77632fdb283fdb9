package io.snakepit.pool.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.Event;
import io.snakepit.api.WorkerEnd;
import io.snakepit.pool.machine.PoolEffect.SpawnAfresh;
import io.snakepit.pool.machine.PoolEffect.StartFailed;
import io.snakepit.pool.machine.PoolEffect.Started;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of pools whose forked workers hang or die as they start. */
class ForkTrialStartTest {
  private static final String LATE = "was not ready within startup.timeoutMs=30000";

  private static PoolScript pool(int size, String startMethod) {
    return new PoolScript(
        new JsonObject()
            .put("size", size)
            .put("startMethod", startMethod)
            .put("retry", new JsonObject().put("maxAttempts", 2)));
  }

  private static PoolScript starting(int size, String startMethod) {
    PoolScript pool = pool(size, startMethod);
    pool.does(pool.state.start());
    return pool;
  }

  private static boolean changesOver(PoolScript pool) {
    return pool.effects.contains(new SpawnAfresh());
  }

  private static List<String> started(PoolScript pool) {
    return pool.starts().stream().map(PoolEffect.StartWorker::worker).toList();
  }

  private static List<String> failures(PoolScript pool) {
    return pool.effects.stream()
        .filter(StartFailed.class::isInstance)
        .map(e -> ((StartFailed) e).reason())
        .toList();
  }

  /** Fails if it fails the start, as it does where there is no other way to start. */
  @ParameterizedTest
  @EnumSource(names = {"LATE", "DIED"})
  void oneThatHangsOrDiesMakesThePoolStartFreshInterpreters(WorkerEnd end) {
    PoolScript pool = starting(2, "auto");
    pool.effects.clear();
    pool.ends("p-1", LATE, end);
    assertThat(changesOver(pool)).isTrue();
    assertThat(pool.stopsOrdered()).as("the other one is forked, too").containsExactly("p-2");
    assertThat(started(pool)).as("both places are filled").containsExactly("p-3", "p-4");
    assertThat(pool.effects.indexOf(new SpawnAfresh()))
        .as("by fresh ones")
        .isLessThan(pool.effects.indexOf(pool.starts().get(0)));
    assertThat(pool.announced()).contains(Event.POOL_SPAWN_FALLBACK);
    pool.ends("p-2", "was killed by signal 11", WorkerEnd.DIED);
    assertThat(pool.state.status(pool.now).lastError())
        .contains(end == WorkerEnd.LATE ? "1 hung, 0 died" : "0 hung, 1 died", LATE);
    pool.ready("p-3");
    pool.ready("p-4");
    assertThat(pool.effects).contains(new Started());
    assertThat(pool.state.status(pool.now).fault()).isEmpty();
    assertThat(started(pool)).hasSize(2);
  }

  @Test
  void thePoolIsDegradedUntilTheLastForkedOneIsGone() {
    PoolScript pool = starting(2, "auto");
    pool.ready("p-1");
    pool.ends("p-2", LATE, WorkerEnd.LATE);
    assertThat(pool.stopsOrdered()).as("one that is ready, too").containsExactly("p-1");
    pool.ready("p-3");
    pool.ready("p-4");
    assertThat(pool.state.phase()).isEqualTo(PoolPhase.SERVING);
    assertThat(pool.state.status(pool.now).fault()).contains("forked workers hang");
    pool.stops("p-1");
    assertThat(pool.state.status(pool.now).fault()).isEmpty();
  }

  /** Fails if one whose connection has ended as the pool changes over fails the start. */
  @Test
  void oneThatIsAboutToEndMeanwhileDoesNotFailTheStart() {
    PoolScript pool = starting(2, "auto");
    pool.does(pool.state.workerLost("p-1", false, pool.now));
    pool.does(pool.state.workerLost("p-2", false, pool.now));
    pool.crashes("p-1");
    assertThat(started(pool)).endsWith("p-3", "p-4");
    pool.crashes("p-2");
    assertThat(failures(pool)).isEmpty();
    pool.ready("p-3");
    pool.ready("p-4");
    assertThat(pool.state.phase()).isEqualTo(PoolPhase.SERVING);
    assertThat(pool.state.status(pool.now).lastError()).contains("0 hung, 1 died");
  }

  @Test
  void moreThanMayStartAtATimeStartOneAfterTheOther() {
    PoolScript pool =
        new PoolScript(
            new JsonObject().put("size", 3).put("startup", new JsonObject().put("batch", 1)));
    pool.does(pool.state.start());
    pool.ready("p-1");
    pool.ends("p-2", LATE, WorkerEnd.LATE);
    pool.effects.clear();
    for (int worker = 3; worker <= 5; worker++) {
      assertThat(pool.state.phase()).isEqualTo(PoolPhase.STARTING);
      pool.ready("p-" + worker);
    }
    assertThat(pool.state.phase()).isEqualTo(PoolPhase.SERVING);
  }

  @Test
  void freshInterpretersThatHangAsWellFailTheStart() {
    PoolScript pool = starting(1, "auto");
    pool.ends("p-1", "was killed by signal 11", WorkerEnd.DIED);
    assertThat(failures(pool)).isEmpty();
    pool.ends("p-2", LATE, WorkerEnd.LATE);
    assertThat(failures(pool)).containsExactly(LATE);
    assertThat(pool.state.status(pool.now).lastError()).isEqualTo(LATE);
  }

  /** Fails if the host's start takes longer for it, or tells anything else than the traceback. */
  @Test
  void anAdapterThatRaisesFailsTheStartAtOnce() {
    PoolScript pool = starting(2, "auto");
    pool.ends("p-1", "OSError: no", WorkerEnd.FAILED);
    assertThat(failures(pool)).containsExactly("OSError: no");
    assertThat(changesOver(pool)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"forkserver", "spawn"})
  void thereIsNoTrialWhereNothingIsToBeDecided(String startMethod) {
    PoolScript pool = starting(1, startMethod);
    pool.ends("p-1", LATE, WorkerEnd.LATE);
    assertThat(failures(pool)).containsExactly(LATE);
    assertThat(changesOver(pool)).isFalse();
  }

  @Test
  void oneThatIsKilledOnDemandSaysNothing() {
    PoolScript pool = starting(1, "auto");
    pool.does(pool.orders.kill("p-1", pool.now));
    pool.ends("p-1", "was killed on demand", WorkerEnd.DIED);
    assertThat(changesOver(pool)).isFalse();
    assertThat(failures(pool)).isEmpty();
    assertThat(started(pool)).containsExactly("p-1", "p-2");
  }

  /** A drain that has begun is no time to start anything. */
  @Test
  void aPoolThatIsStoppedMeanwhileStartsNoMore() {
    PoolScript pool = starting(1, "auto");
    pool.drains(100);
    pool.ends("p-1", LATE, WorkerEnd.LATE);
    assertThat(changesOver(pool)).isFalse();
    assertThat(pool.state.phase()).isEqualTo(PoolPhase.STOPPED);
  }

  @Test
  void replacementsThatHangInTheirStartCountAsThoseThatHangInACall() {
    PoolScript pool = pool(1, "auto").serving();
    pool.does(pool.orders.kill("p-1", pool.now));
    pool.stops("p-1");
    pool.ends("p-2", LATE, WorkerEnd.LATE);
    assertThat(changesOver(pool)).isFalse();
    pool.passes(1_000);
    pool.ends("p-3", LATE, WorkerEnd.LATE);
    assertThat(changesOver(pool)).isTrue();
    assertThat(started(pool)).last().isEqualTo("p-4");
  }

  @Test
  void replacementsWhoseAdapterRaisesSayNothing() {
    PoolScript pool = pool(1, "auto").serving();
    pool.crashes("p-1");
    for (int worker = 2; worker <= 9; worker++) {
      pool.ends("p-" + worker, "OSError: no", WorkerEnd.FAILED);
    }
    assertThat(changesOver(pool)).isFalse();
  }

  /** The trial begins anew with the code, and so the roll need not fail of how it is started. */
  @Test
  void aRollOfCodeThatHangsAsItStartsGoesOnWithFreshInterpreters() {
    PoolScript pool = pool(1, "auto").serving();
    pool.submit();
    pool.answers("p-1");
    pool.does(pool.orders.roll());
    pool.ends("p-2", LATE, WorkerEnd.LATE);
    assertThat(changesOver(pool)).isFalse();
    pool.ends("p-3", LATE, WorkerEnd.LATE);
    assertThat(changesOver(pool)).isTrue();
    pool.ready("p-4");
    pool.stops("p-1");
    assertThat(pool.roll().outcome()).isEqualTo("done");
  }
}
