package io.snakepit.pool.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.Event;
import io.snakepit.api.SnakepitException;
import io.snakepit.pool.machine.PoolEffect.StartWorker;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Draining, resuming, resizing, killing; and sizes that move by themselves. */
class PoolOrdersTest {

  private static List<String> started(PoolScript pool) {
    return pool.starts().stream().map(StartWorker::worker).toList();
  }

  private static PoolLimits.Size fixed(int size) {
    return new PoolLimits.Size(size, size, 1);
  }

  @Nested
  class Draining {
    private final PoolScript pool = new PoolScript(1, 10).serving();

    @Test
    void finishesWhatThereIsAndRefusesWhatIsNew() {
      pool.submit();
      pool.submit();
      pool.orders.drain();
      pool.submit();
      assertThat(pool.refused()).containsExactly("c3 POOL_UNAVAILABLE");
      pool.answers("p-1");
      pool.answers("p-1");
      assertThat(pool.delivered()).containsExactly("c1", "c2");
      assertThat(pool.stopsOrdered()).isEmpty();
    }

    @Test
    void takesCallsAgainOnceResumed() {
      pool.orders.drain();
      pool.orders.resume();
      pool.submit();
      assertThat(pool.dispatched()).containsExactly("c1@p-1");
    }

    @Test
    void aPoolThatIsShutDownTakesNoOrders() {
      pool.drains(1_000);
      assertThatThrownBy(pool.orders::resume)
          .isInstanceOfSatisfying(
              SnakepitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SHUTTING_DOWN))
          .hasMessageContaining("pool p can't be resumed: it is shutting down");
    }
  }

  @Nested
  class Resizing {
    private final PoolScript pool = new PoolScript(2, 10).serving();

    @Test
    void moreWorkersStart() {
      pool.does(pool.orders.resize(fixed(4), pool.now));
      assertThat(started(pool)).containsExactly("p-3", "p-4");
      pool.ready("p-3");
      pool.ready("p-4");
      assertThat(pool.state.crew().ready()).isEqualTo(4);
    }

    @Test
    void surplusWorkersEndOnceTheirCallsAreOverTheIdleFirst() {
      pool.submit();
      pool.does(pool.orders.resize(fixed(1), pool.now));
      assertThat(pool.stopsOrdered()).containsExactly("p-1");
      pool.stops("p-1");
      assertThat(started(pool)).isEmpty();
      pool.answers("p-2");
      assertThat(pool.delivered()).containsExactly("c1");
    }

    @Test
    void aBusySurplusWorkerFinishesItsCall() {
      pool.submit();
      pool.submit();
      pool.does(pool.orders.resize(fixed(1), pool.now));
      assertThat(pool.stopsOrdered()).isEmpty();
      pool.answers("p-2");
      pool.answers("p-1");
      assertThat(pool.delivered()).containsExactly("c1", "c2");
      assertThat(pool.stopsOrdered()).hasSize(1);
    }
  }

  @Nested
  class Elastic {
    private final PoolScript pool =
        new PoolScript(
                new JsonObject()
                    .put("size", new JsonObject().put("min", 1).put("max", 3).put("idleMs", 500))
                    .put("queueTimeoutMs", 10_000)
                    .put("executeTimeoutMs", 10_000))
            .serving();

    @Test
    void growsWhileCallsWaitUpToTheMost() {
      for (int i = 0; i < 6; i++) {
        pool.submit();
      }
      assertThat(started(pool)).containsExactly("p-2", "p-3");
      pool.ready("p-2");
      pool.ready("p-3");
      assertThat(pool.dispatched()).containsExactly("c1@p-1", "c2@p-2", "c3@p-3");
    }

    @Test
    void oneCallThatWaitsAsksForOneWorker() {
      pool.submit();
      pool.submit();
      assertThat(started(pool)).containsExactly("p-2");
    }

    @Test
    void growsForCallsThatWaitToSettleOrForCompanyToo() {
      JsonObject size = new JsonObject().put("min", 1).put("max", 3);
      JsonObject strict = new JsonObject().put("size", size).put("affinity", "strict_queue");
      PoolScript settling = new PoolScript(strict).serving();
      settling.submit();
      settling.submitIn("s");
      assertThat(started(settling)).containsExactly("p-2");
      PoolScript batching =
          new PoolScript(new JsonObject().put("size", size)).batching("embed", 4, 5).serving();
      batching.submit(Call.of("embed"));
      batching.submit(Call.of("embed"));
      assertThat(started(batching)).containsExactly("p-2");
    }

    @Test
    void hasNeverFewerThanTheLeastAndIsWellWithThem() {
      JsonObject size = new JsonObject().put("min", 2).put("max", 3).put("idleMs", 500);
      PoolScript two = new PoolScript(new JsonObject().put("size", size)).serving();
      for (int i = 0; i < 3; i++) {
        two.submit();
      }
      two.ready("p-3");
      two.crashes("p-3");
      assertThat(two.state.status(1_000_000_000_000L).fault()).isEmpty();
      two.ready("p-4");
      two.answers("p-1");
      two.answers("p-2");
      two.passes(10_000);
      assertThat(two.stopsOrdered()).hasSize(1);
    }

    @Test
    void shrinksByWhoHasHadNothingToDoForLongest() {
      growsWhileCallsWaitUpToTheMost();
      pool.answers("p-1");
      pool.answers("p-2");
      pool.answers("p-3");
      pool.answers("p-1");
      pool.passes(100);
      pool.answers("p-2");
      pool.answers("p-3");
      pool.taken();
      pool.passes(499);
      assertThat(pool.stopsOrdered()).containsExactly("p-1");
      pool.passes(1);
      assertThat(pool.stopsOrdered()).containsExactly("p-1", "p-2");
      pool.passes(10_000);
      assertThat(pool.stopsOrdered()).hasSize(2);
      assertThat(pool.state.status(pool.now).fault()).isEmpty();
    }
  }

  @Test
  void aWorkerIsKilledOnDemandAndReplaced() {
    PoolScript pool = new PoolScript(1, 10).serving();
    pool.submit();
    pool.does(pool.orders.kill("p-1", pool.now));
    assertThat(pool.kills()).containsExactly("p-1");
    assertThat(pool.orders.kill("p-1", pool.now)).isEmpty();
    pool.stops("p-1");
    assertThat(pool.refused()).containsExactly("c1 WORKER_CRASHED");
    assertThat(started(pool)).containsExactly("p-2");
  }

  /** Fails if such an end counts as an adapter that can't start: the whole host would not. */
  @Test
  void aKillOnDemandFailsNoStart() {
    PoolScript pool = new PoolScript(2, 10);
    pool.does(pool.state.start());
    pool.ready("p-1");
    pool.does(pool.orders.kill("p-1", pool.now));
    pool.stops("p-1");
    pool.does(pool.orders.kill("p-2", pool.now));
    pool.crashes("p-2");
    assertThat(started(pool)).containsExactly("p-1", "p-2", "p-3", "p-4");
    pool.ready("p-3");
    pool.ready("p-4");
    assertThat(pool.announced()).contains(Event.POOL_READY).doesNotContain(Event.POOL_FAILED);
    pool.submit();
    assertThat(pool.dispatched()).hasSize(1);
  }

  /** As many kills on demand as crashes would open the circuit, and the pool goes on. */
  @Test
  void aKillOnDemandIsNoCrash() {
    PoolScript pool = new PoolScript(1, 10, 10, 2).serving();
    for (int worker = 1; worker <= 3; worker++) {
      pool.does(pool.orders.kill("p-" + worker, pool.now));
      pool.crashes("p-" + worker);
      pool.ready("p-" + (worker + 1));
    }
    assertThat(pool.announced())
        .doesNotContain(Event.WORKER_CRASHED, Event.POOL_CIRCUIT_OPEN)
        .contains(Event.WORKER_STOPPED);
    assertThat(pool.state.status(pool.now).lastError()).isNull();
    pool.submit();
    assertThat(pool.dispatched()).containsExactly("c1@p-4");
  }

  /** Fails if the end of a worker that was killed on demand counts for the pause. */
  @Test
  void whoeverIsKilledOnDemandIsReplacedAtOnceHoweverOften() {
    PoolScript pool = new PoolScript(1, 10).serving();
    for (int worker = 1; worker <= 5; worker++) {
      pool.does(pool.orders.kill("p-" + worker, pool.now));
      pool.crashes("p-" + worker);
      pool.ready("p-" + (worker + 1));
    }
    assertThat(pool.starts()).extracting(StartWorker::delayNanos).containsOnly(0L);
    pool.taken();
    pool.crashes("p-6");
    assertThat(pool.starts())
        .as("nor do kills make a later crash wait")
        .extracting(StartWorker::delayNanos)
        .containsExactly(0L);
  }

  /** Fails if such a successor counts as code that can't start. */
  @Test
  void aSuccessorThatIsKilledOnDemandFailsNoRoll() {
    PoolScript pool = new PoolScript(1, 10).serving();
    pool.does(pool.orders.roll());
    for (int worker = 2; worker <= 6; worker++) {
      pool.does(pool.orders.kill("p-" + worker, pool.now));
      pool.crashes("p-" + worker);
    }
    assertThat(pool.roll().outcome()).isEqualTo("running");
    assertThat(pool.starts()).extracting(StartWorker::delayNanos).containsOnly(0L);
    pool.ready("p-7");
    assertThat(pool.roll().outcome()).isEqualTo("done");
  }

  @Test
  void aPoolThatCouldNotStartSaysWhyItTakesNoOrders() {
    PoolScript pool = new PoolScript(1, 10);
    pool.does(pool.state.start());
    pool.does(pool.state.failStart("no module named nope"));
    assertThatThrownBy(pool.orders::roll)
        .isInstanceOfSatisfying(
            SnakepitException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.POOL_UNAVAILABLE))
        .hasMessage("pool p can't be rolled: it could not start: no module named nope");
  }
}
