package io.snakepit.pool.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.Call;
import io.snakepit.api.Event;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * Q7, Q15: sessions and their workers. Fails if a kind of affinity is taken for another, or if a
 * worker that is to go, has lost its link or has ended keeps its bindings.
 */
class PoolAffinityTest {

  private static PoolScript pool(String affinity) {
    return new PoolScript(new JsonObject().put("size", 2).put("affinity", affinity)).serving();
  }

  @Nested
  class Hint {
    private final PoolScript pool = pool("hint");

    @Test
    void aSessionGoesBackToItsWorkerThoughAnotherWasUsedLast() {
      pool.submitIn("s");
      pool.submit();
      pool.answers("p-2");
      pool.answers("p-1");
      pool.submitIn("s");
      assertThat(pool.dispatched()).containsExactly("c1@p-2", "c2@p-1", "c3@p-2");
    }

    @Test
    void isServedByAnyIfItsWorkerIsBusyAndStaysBound() {
      pool.submitIn("s");
      pool.submitIn("s");
      pool.answers("p-1");
      pool.answers("p-2");
      pool.submitIn("s");
      assertThat(pool.dispatched()).containsExactly("c1@p-2", "c2@p-1", "c3@p-2");
    }

    @Test
    void movesWhenItsWorkerHasEndedAndSaysSo() {
      pool.submitIn("s");
      pool.answers("p-2");
      pool.crashes("p-2");
      pool.submitIn("s");
      assertThat(pool.dispatched()).endsWith("c2@p-1");
      assertThat(pool.effects).contains(new PoolEffect.Announce(Event.SESSION_REHOMED, "p-1", "s"));
    }

    @Test
    void sessionsBeyondTheLimitAreForgottenTheOneThatCalledLeastRecentlyFirst() {
      for (int i = 0; i < PoolScript.MAX_SESSIONS; i++) {
        pool.submitIn("s" + i);
        pool.answers("p-2");
      }
      pool.submitIn("s0");
      pool.answers("p-2");
      pool.submitIn("one-more");
      assertThat(pool.state.crew().find("p-2").sessions)
          .hasSize(PoolScript.MAX_SESSIONS)
          .doesNotContain("s1")
          .contains("s0", "s2", "one-more");
    }

    /** Fails if it is bound there: it would move, and say so, though it has lost nothing. */
    @Test
    void isServedByOneThatIsToGoAndNotBoundToIt() {
      pool.submit();
      pool.does(pool.orders.recycle("p-1"));
      pool.submitIn("s");
      assertThat(pool.dispatched()).containsExactly("c1@p-2", "c2@p-1");
      pool.ready("p-3");
      pool.submitIn("s");
      assertThat(pool.dispatched()).endsWith("c3@p-3");
      assertThat(pool.announced()).doesNotContain(Event.SESSION_REHOMED);
    }
  }

  @Nested
  class StrictQueue {
    private final PoolScript pool = pool("strict_queue");

    @Test
    void waitsForItsWorkerThoughAnotherIsFree() {
      pool.submitIn("s");
      pool.submitIn("s");
      assertThat(pool.dispatched()).containsExactly("c1@p-2");
      pool.answers("p-2");
      assertThat(pool.dispatched()).containsExactly("c1@p-2", "c2@p-2");
    }

    @Test
    void theCallThatArrivedFirstGoesFirst() {
      pool.submitIn("s");
      pool.submit();
      pool.submit();
      pool.submitIn("s");
      pool.answers("p-2");
      pool.answers("p-2");
      assertThat(pool.dispatched()).containsExactly("c1@p-2", "c2@p-1", "c3@p-2", "c4@p-2");
      pool.submitIn("s");
      pool.submit();
      pool.answers("p-2");
      assertThat(pool.dispatched()).endsWith("c4@p-2", "c5@p-2");
    }

    @Test
    void whatWaitedBeforeTheSessionSettledFollowsIt() {
      pool.submit();
      pool.submit();
      pool.submitIn("s");
      pool.submitIn("s");
      pool.answers("p-1");
      pool.answers("p-2");
      assertThat(pool.dispatched()).containsExactly("c1@p-2", "c2@p-1", "c3@p-1");
      pool.answers("p-1");
      assertThat(pool.dispatched()).endsWith("c4@p-1");
    }

    @Test
    void aLostWorkerIsToldToThoseWhoWaitAndToTheNextAlone() {
      pool.submitIn("s");
      pool.submitIn("s");
      pool.crashes("p-2");
      assertThat(pool.refused())
          .containsExactly("c2 SESSION_WORKER_UNAVAILABLE", "c1 WORKER_CRASHED");
      pool.submitIn("s");
      assertThat(pool.refused()).endsWith("c3 SESSION_WORKER_UNAVAILABLE");
      pool.submitIn("s");
      assertThat(pool.dispatched()).endsWith("c4@p-1");
    }

    @Test
    void soIsALostLinkThoughTheProcessMayStillLive() {
      pool.submitIn("s");
      pool.submitIn("s");
      pool.does(pool.state.workerLost("p-2", false, pool.now));
      assertThat(pool.refused()).containsExactly("c2 SESSION_WORKER_UNAVAILABLE");
      pool.submitIn("s");
      assertThat(pool.refused()).endsWith("c3 SESSION_WORKER_UNAVAILABLE");
    }

    /** Fails if {@code Affinity} does not know which calls were meant for the lost worker. */
    @Test
    void soAreThoseThatWaitedForAnyWorkerWhenTheSessionSettled() {
      pool.submit();
      pool.submit();
      pool.submitIn("s");
      pool.submitIn("s");
      pool.submitIn("s");
      pool.answers("p-1");
      pool.crashes("p-1");
      pool.answers("p-2");
      assertThat(pool.dispatched()).containsExactly("c1@p-2", "c2@p-1", "c3@p-1");
      assertThat(pool.refused())
          .containsExactly(
              "c3 WORKER_CRASHED",
              "c4 SESSION_WORKER_UNAVAILABLE",
              "c5 SESSION_WORKER_UNAVAILABLE");
      pool.submitIn("s");
      assertThat(pool.refused()).endsWith("c6 SESSION_WORKER_UNAVAILABLE");
      pool.submitIn("s");
      assertThat(pool.dispatched()).endsWith("c7@p-2");
    }

    /** Q15. Fails if a loss is told never, or each time, or bindings are kept until the end. */
    @Test
    void aRecycledWorkerIsToldOnceAndAtOnce() {
      pool.submitIn("s");
      pool.answers("p-2");
      pool.does(pool.orders.recycle("p-2"));
      pool.submitIn("s");
      pool.submitIn("s");
      assertThat(pool.refused()).containsExactly("c2 SESSION_WORKER_UNAVAILABLE");
      assertThat(pool.dispatched()).endsWith("c3@p-1");
    }

    @Test
    void aSessionSettlesAtNoWorkerThatIsToGo() {
      PoolScript single =
          new PoolScript(new JsonObject().put("size", 1).put("affinity", "strict_queue")).serving();
      single.does(single.orders.recycle("p-1"));
      single.submitIn("s");
      single.submit();
      assertThat(single.dispatched()).containsExactly("c2@p-1");
      single.ready("p-2");
      assertThat(single.dispatched()).endsWith("c1@p-2");
    }

    /** Fails if a new session goes to the worker used last, as a call without one does. */
    @Test
    void newSessionsSpreadOverWorkersThoughNoneIsBusy() {
      for (String session : List.of("a", "b", "c", "d")) {
        pool.submitIn(session);
        pool.answers(pool.running("p-1").isEmpty() ? "p-2" : "p-1");
      }
      assertThat(pool.dispatched()).containsExactly("c1@p-2", "c2@p-1", "c3@p-1", "c4@p-2");
      pool.submitIn("a");
      pool.submitIn("b");
      assertThat(pool.dispatched()).endsWith("c5@p-2", "c6@p-1");
    }

    @Test
    void aSessionSettlesWhereThereIsRoomThoughOthersHaveFewer() {
      pool.submitIn("a");
      pool.submit();
      pool.answers("p-2");
      pool.submitIn("b");
      assertThat(pool.dispatched()).containsExactly("c1@p-2", "c2@p-1", "c3@p-2");
    }

    /**
     * Fails if the limit is not looked at once more: a session that is bound would be forgotten.
     */
    @Test
    void whoeverWaitedWhileOthersTookTheLastRoomIsRefusedAndNobodyForgotten() {
      pool.submit();
      pool.submit();
      for (int i = 0; i <= PoolScript.MAX_SESSIONS; i++) {
        pool.submitIn("s" + i);
      }
      for (int i = 0; i < PoolScript.MAX_SESSIONS; i++) {
        pool.answers("p-1");
      }
      pool.answers("p-1");
      assertThat(pool.refused()).containsExactly("c23 SESSION_LIMIT");
      pool.submitIn("s0");
      assertThat(pool.dispatched()).endsWith("c24@p-1");
    }

    /** Fails if what is idle counts for ever: old sessions would refuse all new ones. */
    @Test
    void sessionsIdleForTooLongMakeRoom() {
      for (int i = 0; i < PoolScript.MAX_SESSIONS; i++) {
        pool.submitIn("s" + i);
        pool.answers(pool.running("p-1").isEmpty() ? "p-2" : "p-1");
      }
      pool.submitIn("new");
      assertThat(pool.refused()).containsExactly("c21 SESSION_LIMIT");
      pool.passes(PoolScript.SESSION_TTL_MS + 1);
      pool.submitIn("new");
      assertThat(pool.refused()).hasSize(1);
      assertThat(pool.dispatched()).hasSize(PoolScript.MAX_SESSIONS + 1);
    }

    /** Fails if idleness counts from a call's begin, or although a call is under way. */
    @Test
    void aSessionWithACallUnderWayIsNotIdle() {
      submitLong("s");
      pool.passes(PoolScript.SESSION_TTL_MS + 1);
      submitLong("other");
      assertThat(bound("p-2")).containsExactly("s");
      pool.answers("p-2");
      pool.passes(PoolScript.SESSION_TTL_MS - 1);
      submitLong("third");
      assertThat(bound("p-2")).containsExactlyInAnyOrder("s", "third");
      pool.passes(2);
      submitLong("other");
      assertThat(bound("p-2")).containsExactly("third");
    }

    private void submitLong(String session) {
      pool.submit(Call.of("tool").session(session).timeoutMs(10 * PoolScript.SESSION_TTL_MS));
    }

    private Set<String> bound(String worker) {
      return pool.state.crew().find(worker).sessions;
    }

    @Test
    void anIdempotentCallOfASessionIsNotTriedOnAnother() {
      pool.submit(Call.of("t").session("s").idempotent(true));
      pool.crashes("p-2");
      assertThat(pool.refused()).containsExactly("c1 WORKER_CRASHED");
    }

    @Test
    void sessionsBeyondTheLimitAreRefusedSinceNoneMayBeForgotten() {
      for (int i = 0; i <= PoolScript.MAX_SESSIONS; i++) {
        pool.submitIn("s" + i);
        pool.state.crew().all().stream()
            .filter(slot -> !slot.isIdle())
            .map(slot -> slot.worker)
            .toList()
            .forEach(pool::answers);
      }
      assertThat(pool.refused()).containsExactly("c21 SESSION_LIMIT");
      pool.crashes("p-2");
      pool.taken();
      pool.submitIn("s0");
      assertThat(pool.refused()).containsExactly("c22 SESSION_WORKER_UNAVAILABLE");
      pool.submitIn("s0");
      assertThat(pool.dispatched()).as("its place is still its own").containsExactly("c23@p-1");
    }
  }

  @Nested
  class StrictFailFast {
    private final PoolScript pool = pool("strict_fail_fast");

    @Test
    void aBusyWorkerRefuses() {
      pool.submitIn("s");
      pool.submitIn("s");
      assertThat(pool.refused()).containsExactly("c2 WORKER_BUSY");
      pool.answers("p-2");
      pool.submitIn("s");
      assertThat(pool.dispatched()).containsExactly("c1@p-2", "c3@p-2");
    }

    @Test
    void aSessionThatIsBoundToNobodyMayWait() {
      pool.submit();
      pool.submit();
      pool.submitIn("s");
      assertThat(pool.refused()).isEmpty();
      pool.answers("p-1");
      assertThat(pool.dispatched()).endsWith("c3@p-1");
    }
  }
}
