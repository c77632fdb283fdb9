package io.snakepit.pool.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.snakepit.api.ErrorCode;
import io.snakepit.api.Event;
import io.snakepit.pool.machine.PoolEffect.StartWorker;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * Q8, Q13: workers are replaced by fresh ones, which are ready first. Fails if one of the limits,
 * or their jitter, is not looked at, if the old one goes first, or if a roll does not count who has
 * gone and what has failed.
 */
class PoolRecyclingTest {

  private static PoolScript pool(int size, JsonObject recycle) {
    JsonObject plain = new JsonObject().put("jitter", 0).mergeIn(recycle);
    return new PoolScript(new JsonObject().put("size", size).put("recycle", plain)).serving();
  }

  private static List<String> started(PoolScript pool) {
    return pool.starts().stream().map(StartWorker::worker).toList();
  }

  @Nested
  class Worn {

    @Test
    void aWorkerServesUntilItsSuccessorIsReady() {
      PoolScript pool = pool(1, new JsonObject().put("maxRequests", 2));
      pool.submit();
      pool.answers("p-1");
      assertThat(started(pool)).isEmpty();
      pool.submit();
      pool.answers("p-1");
      assertThat(started(pool)).containsExactly("p-2");
      pool.submit();
      assertThat(pool.dispatched()).endsWith("c3@p-1");
      pool.ready("p-2");
      assertThat(pool.stopsOrdered()).isEmpty();
      pool.submit();
      assertThat(pool.dispatched()).endsWith("c4@p-2");
      pool.answers("p-1");
      assertThat(pool.stopsOrdered()).containsExactly("p-1");
      assertThat(pool.delivered()).containsExactly("c1", "c2", "c3");
      pool.stops("p-1");
      assertThat(started(pool)).containsExactly("p-2");
      assertThat(pool.state.calls().counters().recycledWorkers()).isEqualTo(1);
      assertThat(pool.announced()).contains(Event.WORKER_RECYCLED);
    }

    @Test
    void byItsMemoryAfterACallOrBetweenTwo() {
      PoolScript pool = pool(2, new JsonObject().put("maxMemoryBytes", 1_000));
      pool.submit();
      pool.does(pool.state.messages().completed("p-2", 1, null, 999, pool.now));
      assertThat(started(pool)).isEmpty();
      pool.submit();
      pool.does(pool.state.messages().completed("p-2", 2, null, 1_000, pool.now));
      assertThat(started(pool)).containsExactly("p-3");
      pool.does(pool.state.workerHolds("p-1", 5_000));
      assertThat(started(pool)).containsExactly("p-3", "p-4");
      pool.does(pool.state.workerHolds("p-77", 5_000));
    }

    @Test
    void byItsAge() {
      PoolScript pool = pool(1, new JsonObject().put("maxAgeMs", 500));
      pool.passes(499);
      assertThat(started(pool)).isEmpty();
      pool.passes(1);
      assertThat(started(pool)).containsExactly("p-2");
      pool.ready("p-2");
      pool.passes(499);
      assertThat(started(pool)).containsExactly("p-2");
    }

    @Test
    void byTheShareOfItsFailedCallsWhichIncludesTimeouts() {
      PoolScript pool = pool(1, new JsonObject().put("maxErrorRate", 0.5));
      for (int call = 1; call <= Wear.ERROR_MINIMUM; call++) {
        assertThat(started(pool)).isEmpty();
        pool.submit(50);
        if (call % 4 == 0) {
          pool.passes(50);
        }
        ErrorCode code = call % 4 == 2 ? ErrorCode.PYTHON_EXCEPTION : null;
        pool.answers("p-1", call, code);
      }
      assertThat(started(pool)).containsExactly("p-2");
    }

    @Test
    void aCallersOwnMistakesAreNotTheWorkers() {
      PoolScript pool = pool(1, new JsonObject().put("maxErrorRate", 0.1));
      for (int call = 1; call <= 2 * Wear.ERROR_WINDOW; call++) {
        pool.submit();
        pool.answers("p-1", call, ErrorCode.INVALID_REQUEST);
      }
      assertThat(started(pool)).isEmpty();
    }

    @Test
    void limitsDifferByChanceSoThatWorkersDoNotGoTogether() {
      Wear tired = new Wear();
      Wear fresh = new Wear();
      PoolLimits.Recycle limits = new PoolLimits.Recycle(100, 1_000, 1_000, 0.5, 0.5);
      tired.begin(limits, 1, 0);
      fresh.begin(limits, 0, 0);
      assertThat(tired.expiresAt()).isEqualTo(500);
      assertThat(fresh.expiresAt()).isEqualTo(1_000);
      tired.holds(500);
      fresh.holds(500);
      assertThat(tired.reached()).contains("maxMemoryBytes");
      assertThat(fresh.reached()).isNull();
      for (int i = 0; i < 20; i++) {
        tired.called(i % 4 == 0, 0);
        fresh.called(i % 4 == 0, 0);
      }
      assertThat(tired.reached()).contains("maxErrorRate");
      assertThat(fresh.reached()).isNull();
      for (int i = 20; i < 50; i++) {
        tired.called(false, 0);
        fresh.called(false, 0);
      }
      assertThat(tired.reached()).contains("maxRequests");
      assertThat(fresh.reached()).isNull();
    }

    @Test
    void eachWorkerHasAChanceOfItsOwn() {
      PoolScript pool = pool(4, new JsonObject().put("maxAgeMs", 1_000).put("jitter", 0.5));
      assertThat(pool.state.crew().all())
          .extracting(slot -> slot.wear.expiresAt())
          .doesNotHaveDuplicates();
    }

    @Test
    void aSuccessorThatFailsToStartIsTriedAgainWhileTheOldOneServes() {
      PoolScript pool = pool(1, new JsonObject().put("maxRequests", 1));
      pool.submit();
      pool.answers("p-1");
      pool.crashes("p-2");
      pool.crashes("p-3");
      assertThat(pool.starts())
          .containsExactly(
              new StartWorker("p-2", 0),
              new StartWorker("p-3", 0),
              new StartWorker("p-4", PoolScript.ms(50)));
      pool.submit();
      assertThat(pool.dispatched()).endsWith("c2@p-1");
      pool.ready("p-4");
      pool.answers("p-1");
      assertThat(pool.stopsOrdered()).containsExactly("p-1");
    }

    /** Fails if it is looked at after it got its next call: the session would be lost with it. */
    @Test
    void noSessionSettlesAtOneThatHasJustReachedItsLimit() {
      JsonObject recycle = new JsonObject().put("maxRequests", 1).put("jitter", 0);
      JsonObject strict = new JsonObject().put("affinity", "strict_queue").put("recycle", recycle);
      PoolScript pool = new PoolScript(strict.put("size", 1)).serving();
      pool.submit();
      pool.submitIn("s");
      pool.answers("p-1");
      assertThat(pool.dispatched()).containsExactly("c1@p-1");
      pool.ready("p-2");
      assertThat(pool.dispatched()).endsWith("c2@p-2");
    }

    @Test
    void oneThatIsToStayIsPreferred() {
      PoolScript pool = pool(2, new JsonObject());
      pool.does(pool.orders.recycle("p-2"));
      pool.submit();
      pool.submit();
      assertThat(pool.dispatched()).containsExactly("c1@p-1", "c2@p-2");
    }

    @Test
    void anOldOneThatCrashesMeanwhileIsReplacedByItsSuccessorAlone() {
      PoolScript pool = pool(1, new JsonObject().put("maxRequests", 1));
      pool.submit();
      pool.answers("p-1");
      pool.crashes("p-1");
      assertThat(started(pool)).containsExactly("p-2");
      pool.ready("p-2");
      assertThat(pool.state.crew().ready()).isEqualTo(1);
      assertThat(started(pool)).containsExactly("p-2");
    }
  }

  @Nested
  class Rolled {
    private final PoolScript pool = new PoolScript(3, 10, 1).serving();

    @Test
    void allAreReplacedAsManyAtATimeAsMayStart() {
      pool.does(pool.orders.roll());
      assertThat(pool.effects).contains(new PoolEffect.ImportAnew());
      assertThat(started(pool)).containsExactly("p-4");
      pool.ready("p-4");
      pool.ready("p-5");
      assertThat(pool.roll().done()).isEqualTo(2);
      assertThat(pool.state.crew().ready()).isEqualTo(3);
      pool.ready("p-6");
      assertThat(pool.roll().outcome()).isEqualTo("done");
      assertThat(pool.stopsOrdered()).containsExactlyInAnyOrder("p-1", "p-2", "p-3");
    }

    @Test
    void codeThatCannotStartLeavesTheOldWorkersInPlace() {
      pool.does(pool.orders.roll());
      pool.crashes("p-4");
      pool.crashes("p-5");
      pool.crashes("p-6");
      assertThat(started(pool)).containsExactly("p-4", "p-5", "p-6");
      PoolStatus.RollStatus roll = pool.roll();
      assertThat(roll.outcome()).isEqualTo("failed");
      assertThat(roll.fault()).contains("p-6 was killed by signal 9");
      assertThat(pool.announced()).contains(Event.POOL_DEGRADED);
      pool.submit();
      assertThat(pool.dispatched()).hasSize(1);
      assertThat(pool.state.crew().leastBound()).isNotNull();
    }

    @Test
    void successorsOnTheirWayGoWithARollThatIsGivenUp() {
      PoolScript wide = new PoolScript(3, 10, 3).serving();
      wide.does(wide.orders.roll());
      wide.crashes("p-4");
      wide.crashes("p-5");
      wide.crashes("p-6");
      assertThat(wide.stopsOrdered()).containsExactly("p-7", "p-8");
      wide.stops("p-7");
      wide.stops("p-8");
      assertThat(started(wide)).hasSize(5);
      assertThat(wide.state.crew().all()).extracting("worker").containsExactly("p-1", "p-2", "p-3");
    }

    @Test
    void whatWaitedForWorkersThatStayIsServedOnceTheyDoAfterAll() {
      JsonObject strict = new JsonObject().put("size", 1).put("affinity", "strict_queue");
      PoolScript bound = new PoolScript(strict).serving();
      bound.does(bound.orders.roll());
      bound.submitIn("s");
      bound.crashes("p-2");
      bound.crashes("p-3");
      assertThat(bound.dispatched()).isEmpty();
      bound.crashes("p-4");
      assertThat(bound.dispatched()).containsExactly("c1@p-1");
    }

    @Test
    void isOverAlsoForWorkersThatCrashOrAreLetGoMeanwhile() {
      pool.does(pool.orders.roll());
      pool.crashes("p-2");
      assertThat(pool.roll().done()).isEqualTo(1);
      pool.ready("p-5");
      pool.does(pool.orders.resize(new PoolLimits.Size(2, 2, 1), pool.now));
      assertThat(pool.stopsOrdered()).containsExactlyInAnyOrder("p-1", "p-4");
      assertThat(pool.roll().done()).isEqualTo(2);
      pool.stops("p-4");
      pool.ready("p-6");
      assertThat(pool.roll().outcome()).isEqualTo("done");
    }

    @Test
    void onlyFailuresOneAfterTheOtherSpeakAgainstTheCode() {
      PoolScript forced = // as many would make another start fresh interpreters
          new PoolScript(
                  new JsonObject()
                      .put("size", 3)
                      .put("startMethod", "forkserver")
                      .put("startup", new JsonObject().put("batch", 1)))
              .serving();
      forced.does(forced.orders.roll());
      forced.crashes("p-4");
      forced.crashes("p-5");
      forced.ready("p-6");
      forced.crashes("p-7");
      forced.crashes("p-8");
      forced.ready("p-9");
      forced.ready("p-10");
      assertThat(forced.roll().outcome()).isEqualTo("done");
    }

    /** Fails if a worker's generation is not looked at: it would stay, with the old code. */
    @Test
    void oneThatWasStartingIsReplacedTooAndSaysNothingForTheNewCode() {
      PoolScript wide = new PoolScript(2, 10, 3).serving();
      wide.crashes("p-1");
      wide.taken();
      wide.does(wide.orders.roll());
      wide.crashes("p-4");
      wide.crashes("p-5");
      wide.ready("p-3");
      assertThat(started(wide)).containsExactly("p-4", "p-5", "p-6", "p-7");
      assertThat(wide.roll().outcome()).isEqualTo("running");
      wide.crashes("p-6");
      assertThat(wide.roll().outcome()).isEqualTo("failed");
    }

    @Test
    void oneAtATime() {
      pool.does(pool.orders.roll());
      assertThatThrownBy(pool.orders::roll).hasMessageContaining("being rolled already");
    }
  }
}
