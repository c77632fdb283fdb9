package io.snakepit.pool.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.snakepit.api.ErrorCode;
import io.snakepit.api.Event;
import io.snakepit.pool.machine.PoolEffect.KillWorker;
import io.snakepit.pool.machine.PoolEffect.StartWorker;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PoolStateTest {

  @Nested
  class Queueing {

    @Test
    void sendsACallToAnIdleWorkerAtOnce() {
      PoolScript pool = new PoolScript(1, 10).serving();
      pool.submit();
      assertThat(pool.dispatched()).containsExactly("c1@p-1");
    }

    @Test
    void prefersTheWorkerThatWasUsedLast() {
      PoolScript pool = new PoolScript(3, 10).serving();
      pool.submit();
      pool.submit();
      pool.answers("p-2");
      pool.answers("p-3");
      pool.taken();

      pool.submit();

      assertThat(pool.dispatched()).containsExactly("c3@p-3");
    }

    @Test
    void servesWaitingCallsFirstInFirstOut() {
      PoolScript pool = new PoolScript(1, 10).serving();
      pool.submit();
      pool.submit();
      pool.submit();
      pool.taken();

      pool.answers("p-1");
      pool.answers("p-1");

      assertThat(pool.dispatched()).containsExactly("c2@p-1", "c3@p-1");
      assertThat(pool.delivered()).containsExactly("c1", "c2");
    }

    /** Python works on the next call while the caller is answered. */
    @Test
    void sendsTheNextCallBeforeItDeliversTheAnswer() {
      PoolScript pool = new PoolScript(1, 10).serving();
      Ticket first = pool.submit();
      pool.submit();
      pool.taken();
      pool.answers("p-1");
      assertThat(pool.dispatched()).containsExactly("c2@p-1");
      assertThat(pool.effects).last().isEqualTo(new PoolEffect.Deliver(first));
    }

    @Test
    void refusesWhenTheQueueIsFull() {
      PoolScript pool = new PoolScript(1, 2).serving();
      for (int i = 0; i < 5; i++) {
        pool.submit();
      }

      assertThat(pool.refused()).containsExactly("c4 POOL_SATURATED", "c5 POOL_SATURATED");
      assertThat(pool.lastRefusal().message()).contains("size=1 busy=1 starting=0 queued=2");
    }

    /** Without a queue it was told once and never again: no call ever left one. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void tellsOfSaturationOnceUntilThereIsRoomAgain(int maxQueue) {
      PoolScript pool = new PoolScript(1, maxQueue).serving();
      for (int i = 0; i < 4; i++) {
        pool.submit();
      }
      assertThat(pool.announced()).containsOnlyOnce(Event.POOL_SATURATED);
      pool.taken();
      pool.answers("p-1");
      for (int i = 0; i < 4; i++) {
        pool.submit();
      }
      assertThat(pool.announced()).containsOnlyOnce(Event.POOL_SATURATED);
    }

    @Test
    void withoutAQueueABusyPoolRefuses() {
      PoolScript pool = new PoolScript(1, 0).serving();
      pool.submit();
      pool.submit();
      assertThat(pool.refused()).containsExactly("c2 POOL_SATURATED");
    }

    @Test
    void aCallThatWaitsTooLongIsRefusedAndNeverRuns() {
      PoolScript pool = new PoolScript(1, 10).serving();
      pool.submit();
      pool.submit();
      pool.passes(PoolScript.QUEUE_TIMEOUT_MS);
      pool.answers("p-1");

      assertThat(pool.refused()).containsExactly("c2 QUEUE_TIMEOUT");
      assertThat(pool.dispatched()).containsExactly("c1@p-1");
      assertThat(pool.state.calls().queued()).isZero();
    }

    @Test
    void aDeadlineBeforeTheQueueTimeoutRulesTheWait() {
      PoolScript pool = new PoolScript(1, 10).serving();
      pool.submit();
      pool.submit(30);
      pool.passes(29);
      assertThat(pool.refused()).isEmpty();
      pool.passes(1);
      assertThat(pool.refused()).containsExactly("c2 QUEUE_TIMEOUT");
      assertThat(pool.lastRefusal().message()).startsWith("pool p: no worker became free in 30 ms");
    }

    @Test
    void countersMatchWhatCallersSaw() {
      PoolScript pool = new PoolScript(1, 5).serving();
      for (int i = 0; i < 20; i++) {
        pool.submit();
      }
      pool.passes(PoolScript.QUEUE_TIMEOUT_MS);
      pool.answers("p-1");

      assertThat(pool.state.calls().counters().ok()).isEqualTo(1);
      assertThat(pool.state.calls().counters().of(ErrorCode.POOL_SATURATED)).isEqualTo(14);
      assertThat(pool.state.calls().counters().of(ErrorCode.QUEUE_TIMEOUT)).isEqualTo(5);
      assertThat(pool.state.calls().counters().toMap())
          .containsEntry("OK", 1L)
          .containsEntry("WORKER_CRASHED", 0L)
          .containsEntry("restarts", 0L)
          .hasSize(ErrorCode.values().length + 3);
    }
  }

  @Nested
  class Deadlines {

    @Test
    void answersTheCallerAtTheDeadlineWhileTheWorkerIsStillBusy() {
      PoolScript pool = new PoolScript(1, 10).serving();
      pool.submit(300);
      pool.passes(300);

      assertThat(pool.refused()).containsExactly("c1 EXECUTE_TIMEOUT");
      assertThat(pool.state.crew().busy()).isEqualTo(1);
      assertThat(pool.lastRefusal().worker()).isEqualTo("p-1");
    }

    @Test
    void theWorkerIsFreeAgainWhenTheLateAnswerComesAndNobodyHearsIt() {
      PoolScript pool = new PoolScript(1, 10).serving();
      pool.submit(300);
      pool.passes(301);
      pool.submit();
      pool.taken();

      pool.answers("p-1");

      assertThat(pool.delivered()).isEmpty();
      assertThat(pool.dispatched()).containsExactly("c2@p-1");
      assertThat(pool.state.calls().counters().ok()).isZero();
    }

    @Test
    void aWorkerThatDoesNotComeBackWithinTheGraceIsKilledAndReplaced() {
      PoolScript pool = new PoolScript(1, 10).serving();
      pool.submit(300);
      pool.passes(300 + PoolScript.CANCEL_GRACE_MS);

      assertThat(pool.effects).anyMatch(e -> e instanceof KillWorker k && k.worker().equals("p-1"));
      pool.taken();
      pool.crashes("p-1");
      assertThat(pool.starts()).containsExactly(new StartWorker("p-2", 0));
      assertThat(pool.refused()).isEmpty();
    }

    @Test
    void withoutATimeoutACallMayRunForever() {
      PoolScript pool =
          new PoolScript(new JsonObject().put("size", 1).put("executeTimeoutMs", 0)).serving();
      Ticket ticket = pool.submit();
      assertThat(pool.effects).containsExactly(new PoolEffect.Dispatch("p-1", ticket, 0, 0));
      assertThat(pool.state.next().exists()).isFalse();
    }

    /** Fails if the end of its wait stays due once it runs. */
    @Test
    void norDoesTheQueuesTimeoutEndACallThatHasWaited() {
      PoolScript pool =
          new PoolScript(new JsonObject().put("size", 1).put("executeTimeoutMs", 0)).serving();
      pool.submit();
      pool.submit();
      pool.answers("p-1");
      pool.passes(10 * PoolScript.QUEUE_TIMEOUT_MS);
      assertThat(pool.refused()).isEmpty();
      assertThat(pool.kills()).isEmpty();
    }

    /** Fails if an answer to nothing is passed over: its worker could send them for ever. */
    @Test
    void aWorkerThatAnswersACallAgainIsKilledAndItsOtherCallIsToldSo() {
      PoolScript pool = new PoolScript(1, 10).serving();
      pool.submit();
      pool.answers("p-1");
      pool.submit();
      pool.taken();

      pool.answers("p-1", 1, null);

      assertThat(pool.kills()).containsExactly("p-1");
      assertThat(pool.delivered()).isEmpty();
      pool.taken();
      pool.answers("p-1", 1, null);
      assertThat(pool.effects).as("once is enough").isEmpty();
      pool.crashes("p-1");
      assertThat(pool.refused()).containsExactly("c2 WORKER_CRASHED");
    }

    @Test
    void anAnswerOfAWorkerThatIsGoneChangesNothing() {
      PoolScript pool = new PoolScript(1, 10).serving();
      pool.submit();
      pool.taken();

      pool.answers("p-7", 1, null);

      assertThat(pool.effects).isEmpty();
    }
  }

  @Nested
  class Crashes {

    @Test
    void answersTheCallOfAWorkerThatEndedAndReplacesIt() {
      PoolScript pool = new PoolScript(1, 10).serving();
      pool.submit();
      pool.taken();

      pool.crashes("p-1");

      assertThat(pool.refused()).containsExactly("c1 WORKER_CRASHED");
      assertThat(pool.lastRefusal().message()).contains("was killed by signal 9");
      assertThat(pool.starts()).containsExactly(new StartWorker("p-2", 0));
      assertThat(pool.state.calls().counters().restarts()).isEqualTo(1);
    }

    @Test
    void waitsLongerBeforeEachFurtherReplacementOfTheSamePlace() {
      PoolScript pool = new PoolScript(2, 10).serving();
      pool.crashes("p-1");
      pool.ready("p-3");
      pool.crashes("p-3");
      pool.ready("p-4");
      pool.crashes("p-2");

      assertThat(pool.starts())
          .containsExactly(
              new StartWorker("p-3", 0),
              new StartWorker("p-4", PoolScript.ms(50)),
              new StartWorker("p-5", 0));
    }

    @Test
    void aCallThatWaitsGoesToTheReplacement() {
      PoolScript pool = new PoolScript(1, 10).serving();
      pool.submit();
      pool.submit();
      pool.crashes("p-1");
      pool.taken();

      pool.ready("p-2");

      assertThat(pool.dispatched()).containsExactly("c2@p-2");
    }

    @Test
    void aWorkerThatLostItsLinkGetsNoMoreCalls() {
      PoolScript pool = new PoolScript(2, 10).serving();
      pool.state.workerLost("p-2", false, pool.now);
      pool.state.workerLost("p-2", false, pool.now);
      pool.submit();
      pool.submit();
      assertThat(pool.dispatched()).containsExactly("c1@p-1");
    }
  }

  @Test
  void illegalMovesThrowAndNameBothStates() {
    assertThatThrownBy(() -> PoolPhase.STOPPED.to(PoolPhase.SERVING))
        .hasMessageContaining("STOPPED")
        .hasMessageContaining("SERVING");
    WorkerSlot slot = new WorkerSlot("p-1", new RestartBackoff(java.util.List.of(0L), 1), 1, 0);
    assertThatThrownBy(() -> slot.to(WorkerSlot.State.LEAVING))
        .hasMessageContaining("STARTING")
        .hasMessageContaining("LEAVING");
  }
}
