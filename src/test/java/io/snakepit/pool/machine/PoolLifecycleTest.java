package io.snakepit.pool.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.Call;
import io.snakepit.api.WorkerEnd;
import io.snakepit.pool.machine.PoolEffect.KillWorker;
import io.snakepit.pool.machine.PoolEffect.StartFailed;
import io.snakepit.pool.machine.PoolEffect.StartWorker;
import io.snakepit.pool.machine.PoolEffect.Started;
import io.snakepit.pool.machine.PoolEffect.StopWorker;
import io.snakepit.pool.machine.PoolEffect.Stopped;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** A pool comes up step by step, and goes the same way. */
class PoolLifecycleTest {

  @Nested
  class Starting {

    @Test
    void startsItsWorkersInBatches() {
      PoolScript pool = new PoolScript(5, 10, 2);
      pool.effects.addAll(pool.state.start());

      assertThat(pool.starts()).extracting(StartWorker::worker).containsExactly("p-1", "p-2");
      pool.taken();
      pool.ready("p-2");
      assertThat(pool.starts()).extracting(StartWorker::worker).containsExactly("p-3");
    }

    @Test
    void servesOnceEveryWorkerIsReady() {
      PoolScript pool = new PoolScript(2, 10);
      pool.effects.addAll(pool.state.start());
      pool.ready("p-1");
      assertThat(pool.effects).doesNotContain(new Started());

      pool.ready("p-2");

      assertThat(pool.effects).contains(new Started());
      assertThat(pool.state.phase()).isEqualTo(PoolPhase.SERVING);
    }

    /** Fails if a pool is said to be ready that has a worker less than it should. */
    @Test
    void servesOnceOneThatWasKilledMeanwhileIsMadeGood() {
      PoolScript pool = new PoolScript(2, 10);
      pool.effects.addAll(pool.state.start());
      pool.does(pool.orders.kill("p-1", pool.now));
      pool.ready("p-2");
      assertThat(pool.effects).doesNotContain(new Started());
      pool.crashes("p-1");
      pool.ready("p-3");
      assertThat(pool.effects).contains(new Started());
    }

    @Test
    void refusesCallsUntilThenAndSaysHowFarItIs() {
      PoolScript pool = new PoolScript(2, 10);
      pool.effects.addAll(pool.state.start());
      pool.ready("p-1");

      pool.submit();

      assertThat(pool.refused()).containsExactly("c1 POOL_UNAVAILABLE");
      assertThat(pool.lastRefusal().message())
          .isEqualTo("pool p is starting: 1 of 2 workers are ready");
    }

    @Test
    void failsWhenAWorkerCannotStart() {
      PoolScript pool = new PoolScript(2, 10);
      pool.effects.addAll(pool.state.start());
      pool.ends("p-1", "OSError: no", WorkerEnd.FAILED);

      assertThat(pool.effects).contains(new StartFailed("OSError: no"));
      pool.submit();
      assertThat(pool.lastRefusal().message()).isEqualTo("pool p could not start: OSError: no");
    }

    @Test
    void failsWhenNoWorkerCanEvenBeAskedFor() {
      PoolScript pool = new PoolScript(2, 10);
      pool.effects.addAll(pool.state.failStart("no python"));

      assertThat(pool.effects).contains(new StartFailed("no python"));
      pool.drains(1_000);
      assertThat(pool.effects).contains(new Stopped());
    }

    @Test
    void afterAFailedStartTheOtherWorkersAreStopped() {
      PoolScript pool = new PoolScript(3, 10, 2);
      pool.effects.addAll(pool.state.start());
      pool.ends("p-1", "OSError: no", WorkerEnd.FAILED);
      pool.taken();

      pool.ready("p-2");
      assertThat(pool.starts()).isEmpty();
      pool.taken();
      pool.drains(1_000);
      assertThat(pool.taken()).containsExactly(new StopWorker("p-2"));
      pool.stops("p-2");
      assertThat(pool.effects).contains(new Stopped());
    }

    @Test
    void aReadyThatComesTwiceOrFromAStrangerChangesNothing() {
      PoolScript pool = new PoolScript(1, 10).serving();
      pool.ready("p-1");
      pool.ready("p-99");
      assertThat(pool.effects).isEmpty();
    }
  }

  @Nested
  class Draining {

    @Test
    void stopsIdleWorkersAtOnceAndBusyOnesAfterTheirCall() {
      PoolScript pool = new PoolScript(2, 10).serving();
      pool.submit();
      pool.taken();

      pool.drains(1_000);
      assertThat(pool.taken()).containsExactly(new StopWorker("p-1"));
      pool.answers("p-2");
      assertThat(pool.effects).contains(new StopWorker("p-2"));
      assertThat(pool.delivered()).containsExactly("c1");
    }

    @Test
    void finishesWhatIsQueuedAndRefusesWhatIsNew() {
      PoolScript pool = new PoolScript(1, 10).serving();
      pool.submit();
      pool.submit();
      pool.drains(1_000);
      pool.submit();
      pool.answers("p-1");

      assertThat(pool.dispatched()).containsExactly("c1@p-1", "c2@p-1");
      assertThat(pool.refused()).containsExactly("c3 SHUTTING_DOWN");
    }

    @Test
    void waitsForAWorkerThatStartsIfCallsWaitForIt() {
      PoolScript pool = new PoolScript(1, 10).serving();
      pool.submit();
      pool.submit();
      pool.crashes("p-1");
      pool.drains(1_000);
      assertThat(pool.stopsOrdered()).isEmpty();
      pool.ready("p-2");
      assertThat(pool.dispatched()).endsWith("c2@p-2");
    }

    @Test
    void cancelsWhatIsLeftAtTheLimit() {
      PoolScript pool = new PoolScript(1, 10).serving();
      pool.submit(10_000);
      pool.submit(10_000);
      pool.drains(50);
      pool.passes(50);

      assertThat(pool.refused()).containsExactly("c2 SHUTTING_DOWN", "c1 CANCELLED");
      assertThat(pool.interrupted()).containsExactly("1@p-1");
      assertThat(pool.kills()).isEmpty();
      pool.passes(PoolScript.CANCEL_GRACE_MS);
      assertThat(pool.effects).anyMatch(KillWorker.class::isInstance);
      pool.crashes("p-1");
      assertThat(pool.effects).contains(new Stopped());
      assertThat(pool.starts()).isEmpty();
    }

    @Test
    void isOverWhenTheLastWorkerIsGone() {
      PoolScript pool = new PoolScript(2, 10).serving();
      pool.drains(1_000);
      pool.stops("p-1");
      assertThat(pool.effects).doesNotContain(new Stopped());
      pool.stops("p-2");
      assertThat(pool.effects).contains(new Stopped());
      assertThat(pool.state.next().exists()).isFalse();
    }

    /** Fails if a caller is told to try again later: the pool is gone for good. */
    @Test
    void onceItIsOverCallsAreRefusedAsTheyWereBefore() {
      PoolScript pool = new PoolScript(1, 10).serving();
      pool.drains(1_000);
      pool.stops("p-1");
      pool.submit();
      pool.drains(1_000);
      assertThat(pool.refused()).containsExactly("c1 SHUTTING_DOWN");
      assertThat(pool.effects).filteredOn(Stopped.class::isInstance).hasSize(1);
    }

    /** Fails if its caller hears twice of the end of one call. */
    @Test
    void whatWasCancelledBeforeIsNotAnsweredAgainAtTheLimit() {
      PoolScript pool = new PoolScript(1, 10).serving();
      pool.cancels(pool.submit());
      pool.drains(PoolScript.CANCEL_GRACE_MS / 2);
      pool.passes(PoolScript.CANCEL_GRACE_MS / 2);
      assertThat(pool.refused()).containsExactly("c1 CANCELLED");
    }

    /** Fails with a move that is not legal, if the circuit opens or closes while it drains. */
    @Test
    void workersThatCrashOrStayUpMeanwhileMoveNoCircuit() {
      PoolScript pool = new PoolScript(2, 10, 10, 1).serving();
      pool.submit();
      pool.drains(60_000);
      pool.crashes("p-1");
      assertThat(pool.state.phase()).isEqualTo(PoolPhase.DRAINING);

      PoolScript open = new PoolScript(2, 10, 10, 1).serving();
      open.submit(120_000);
      open.crashes("p-2");
      assertThat(open.state.phase()).isEqualTo(PoolPhase.OPEN);
      open.drains(120_000);
      open.taken();
      open.passes(100_000);
      assertThat(open.state.phase()).isEqualTo(PoolPhase.DRAINING);
      assertThat(open.announced()).isEmpty();
    }

    /** Fails if a pool that ends says that it is to have more workers than it had. */
    @Test
    void growsNoMoreForCallsThatWaitForCompany() {
      PoolScript pool =
          new PoolScript(
              new JsonObject().put("size", new JsonObject().put("min", 1).put("max", 4)));
      pool.batching("embed", 9, 50).serving();
      Call embed = Call.of("embed");
      for (int call = 0; call < 3; call++) {
        pool.submit(embed);
      }
      pool.answers("p-1");
      pool.answers("p-1");
      pool.answers("p-1");
      for (int call = 0; call < 3; call++) {
        pool.submit(embed);
      }
      assertThat(pool.state.crew().target()).isEqualTo(3);
      pool.drains(1_000);
      pool.ready("p-2");
      assertThat(pool.state.crew().target()).isEqualTo(3);
    }

    @Test
    void drainingTwiceIsOnce() {
      PoolScript pool = new PoolScript(1, 10).serving();
      pool.drains(1_000);
      pool.taken();
      pool.drains(1_000);
      assertThat(pool.effects).isEmpty();
    }

    @Test
    void whatStillWaitsWhenTheLastWorkerCrashedIsRefused() {
      PoolScript pool = new PoolScript(1, 10).serving();
      pool.submit();
      pool.submit();
      pool.drains(1_000);
      pool.crashes("p-1");
      assertThat(pool.refused()).containsExactly("c1 WORKER_CRASHED", "c2 SHUTTING_DOWN");
      assertThat(pool.effects).contains(new Stopped());
    }
  }
}
