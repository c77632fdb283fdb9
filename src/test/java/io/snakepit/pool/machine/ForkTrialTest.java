package io.snakepit.pool.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.ErrorCode;
import io.snakepit.api.Event;
import io.snakepit.pool.machine.PoolEffect.Announce;
import io.snakepit.pool.machine.PoolEffect.KillWorker;
import io.snakepit.pool.machine.PoolEffect.SpawnAfresh;
import io.snakepit.pool.machine.PoolEffect.StartWorker;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests of pools whose forked workers hang or die one after the other. */
class ForkTrialTest {
  private static PoolScript pool(int size, String startMethod) {
    return new PoolScript(
            new JsonObject()
                .put("size", size)
                .put("startMethod", startMethod)
                .put("retry", new JsonObject().put("maxAttempts", 2)))
        .serving();
  }

  /** Has a worker hang in a call until it is killed, and end. */
  private static void hangs(PoolScript pool, String worker) {
    pool.submit();
    pool.passes(PoolScript.EXECUTE_TIMEOUT_MS + PoolScript.CANCEL_GRACE_MS);
    assertThat(pool.effects).anyMatch(e -> e instanceof KillWorker k && k.worker().equals(worker));
    pool.stops(worker);
  }

  private static List<String> workers(PoolScript pool) {
    return pool.state.crew().all().stream().map(slot -> slot.worker).toList();
  }

  private static boolean changesOver(PoolScript pool) {
    return pool.effects.contains(new SpawnAfresh());
  }

  @Test
  void twoThatHangMakeThePoolSpawn() {
    PoolScript pool = pool(1, "auto");
    hangs(pool, "p-1");
    assertThat(changesOver(pool)).isFalse();
    pool.ready("p-2");
    hangs(pool, "p-2");
    assertThat(changesOver(pool)).isTrue();
    int over = pool.effects.indexOf(new SpawnAfresh());
    assertThat(pool.effects.subList(over, pool.effects.size()))
        .as("the next one is fresh")
        .anyMatch(e -> e instanceof StartWorker s && s.worker().equals("p-3"));
    assertThat(pool.effects)
        .anyMatch(
            e ->
                e instanceof Announce a
                    && a.event() == Event.POOL_SPAWN_FALLBACK
                    && a.detail().contains("2 hung, 0 died"));
    assertThat(pool.state.status(pool.now).lastError()).contains("none has ever answered");
  }

  @Test
  void thoseThatAreLeftAreReplacedAndThePoolIsDegradedUntilThen() {
    PoolScript pool = pool(3, "auto");
    pool.submit();
    pool.submit();
    pool.passes(PoolScript.EXECUTE_TIMEOUT_MS + PoolScript.CANCEL_GRACE_MS);
    pool.stops("p-3");
    pool.stops("p-2");
    assertThat(changesOver(pool)).isTrue();
    assertThat(pool.stopsOrdered()).as("the idle one, and one that starts").contains("p-1", "p-4");
    workers(pool).forEach(pool::ready);
    assertThat(pool.state.crew().ready()).isEqualTo(3);
    assertThat(pool.state.status(pool.now).fault()).contains("forked workers hang");
    pool.stops("p-1");
    pool.stops("p-4");
    assertThat(pool.state.status(pool.now).fault()).isEmpty();
    assertThat(pool.announced()).contains(Event.POOL_DEGRADED).endsWith(Event.POOL_READY);
  }

  @Test
  void aWorkerThatIsToGoGetsNoMoreCalls() {
    PoolScript pool = pool(3, "auto");
    pool.submit();
    pool.submit();
    pool.passes(PoolScript.EXECUTE_TIMEOUT_MS + PoolScript.CANCEL_GRACE_MS);
    pool.submit();
    pool.stops("p-3");
    pool.stops("p-2");
    assertThat(pool.state.crew().find("p-1").state()).isEqualTo(WorkerSlot.State.LEAVING);
    Ticket waits = pool.submit();
    assertThat(waits.state).isEqualTo(Ticket.State.QUEUED);
    assertThat(pool.state.status(pool.now).fault()).contains("forked workers hang");
  }

  @Test
  void workersThatDieCountAsWell() {
    PoolScript pool = pool(1, "auto");
    for (int worker = 1; worker <= 3; worker++) {
      assertThat(changesOver(pool)).isFalse();
      pool.crashes("p-" + worker);
      pool.ready("p-" + (worker + 1));
    }
    assertThat(changesOver(pool)).isTrue();
  }

  @Test
  void oneAnswerIsProofThatForkedWorkersAnswer() {
    PoolScript pool = pool(1, "auto");
    pool.submit();
    pool.answers("p-1");
    for (int worker = 1; worker <= 5; worker++) {
      hangs(pool, "p-" + worker);
      pool.ready("p-" + (worker + 1));
    }
    assertThat(changesOver(pool)).isFalse();
  }

  /** Fails if any answer ends the trial: what no tool has given says nothing of forked code. */
  @ParameterizedTest
  @EnumSource(names = {"INVALID_REQUEST", "TOOL_NOT_FOUND", "CANCELLED", "INTERNAL"})
  void anAnswerThatNoToolHasGivenIsNoProof(ErrorCode failure) {
    assertThat(changesOverAfter(failure)).isTrue();
  }

  @ParameterizedTest
  @EnumSource(names = {"PYTHON_EXCEPTION", "SERIALIZATION_ERROR", "PAYLOAD_TOO_LARGE"})
  void aFailureOfAToolIsProof(ErrorCode failure) {
    assertThat(changesOverAfter(failure)).isFalse();
  }

  /** Returns whether a pool changes over whose workers hang one by one after that answer. */
  private static boolean changesOverAfter(ErrorCode failure) {
    PoolScript pool = pool(1, "auto");
    Ticket call = pool.submit();
    pool.answers("p-1", call.sequence, failure);
    hangs(pool, "p-1");
    pool.ready("p-2");
    hangs(pool, "p-2");
    return changesOver(pool);
  }

  @Test
  void aPieceOfAnAnswerIsProof() {
    PoolScript pool = pool(1, "auto");
    pool.yields(pool.stream(), 1, 1);
    pool.passes(PoolScript.EXECUTE_TIMEOUT_MS + PoolScript.CANCEL_GRACE_MS);
    pool.stops("p-1");
    pool.ready("p-2");
    hangs(pool, "p-2");
    assertThat(changesOver(pool)).isFalse();
  }

  @Test
  void aLateAnswerIsNoProof() {
    PoolScript pool = pool(2, "auto");
    Ticket late = pool.submit();
    pool.passes(PoolScript.EXECUTE_TIMEOUT_MS);
    pool.answers(late.home().worker);
    pool.state.workerHung("p-1", "hung", pool.now);
    pool.state.workerHung("p-2", "hung", pool.now);
    pool.stops("p-1");
    pool.stops("p-2");
    assertThat(changesOver(pool)).isTrue();
  }

  @Test
  void whoeverIsKilledOnDemandHasNotHung() {
    PoolScript pool = pool(1, "auto");
    for (int worker = 1; worker <= 5; worker++) {
      pool.does(pool.orders.kill("p-" + worker, pool.now));
      pool.stops("p-" + worker);
      pool.ready("p-" + (worker + 1));
    }
    assertThat(changesOver(pool)).isFalse();
  }

  @Test
  void neitherAForcedForkNorFreshInterpretersChangeOver() {
    for (String method : List.of("forkserver", "spawn")) {
      PoolScript pool = pool(1, method);
      for (int worker = 1; worker <= 5; worker++) {
        hangs(pool, "p-" + worker);
        pool.ready("p-" + (worker + 1));
      }
      assertThat(changesOver(pool)).as(method).isFalse();
    }
  }

  @Test
  void nothingChangesOverThatCouldNotForkAnyway() {
    PoolScript pool = pool(1, "auto");
    pool.state.spawns();
    hangs(pool, "p-1");
    pool.ready("p-2");
    hangs(pool, "p-2");
    assertThat(changesOver(pool)).isFalse();
  }

  @Test
  void aRollTriesTheNewCode() {
    PoolScript pool = pool(1, "auto");
    hangs(pool, "p-1");
    pool.ready("p-2");
    hangs(pool, "p-2");
    pool.ready("p-3");
    pool.effects.clear();
    pool.does(pool.orders.roll());
    pool.ready("p-4");
    pool.stops("p-3");
    hangs(pool, "p-4");
    pool.ready("p-5");
    assertThat(changesOver(pool)).isFalse();
    hangs(pool, "p-5");
    assertThat(changesOver(pool)).isTrue();
  }
}
