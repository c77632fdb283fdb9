package io.snakepit.pool.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.Event;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Decision 9: a call that nobody wants any more is answered at once, and interrupted. */
class PoolCancelTest {
  private final PoolScript pool = new PoolScript(1, 10).serving();

  @Test
  void aQueuedCallNeverRuns() {
    pool.submit();
    Ticket queued = pool.submit();
    pool.cancels(queued);
    pool.answers("p-1");

    assertThat(pool.refused()).containsExactly("c2 CANCELLED");
    assertThat(pool.dispatched()).containsExactly("c1@p-1");
    assertThat(pool.announced()).contains(Event.CALL_CANCELLED);
  }

  @Test
  void aRunningCallIsAnsweredAtOnceAndInterrupted() {
    Ticket running = pool.submit();
    pool.cancels(running);

    assertThat(pool.refused()).containsExactly("c1 CANCELLED");
    assertThat(pool.interrupted()).containsExactly("1@p-1");
    assertThat(pool.state.crew().busy()).isEqualTo(1);
  }

  @Test
  void itsWorkerIsFreeWhenPythonHasReallyStopped() {
    pool.cancels(pool.submit());
    pool.submit();
    assertThat(pool.dispatched()).containsExactly("c1@p-1");

    pool.answers("p-1", 1, ErrorCode.CANCELLED);

    assertThat(pool.dispatched()).containsExactly("c1@p-1", "c2@p-1");
    assertThat(pool.delivered()).isEmpty();
    pool.passes(PoolScript.CANCEL_GRACE_MS);
    assertThat(pool.kills()).isEmpty();
  }

  @Test
  void aWorkerThatDoesNotComeBackIsKilledWithItsStacksAndReplaced() {
    pool.cancels(pool.submit());
    pool.passes(PoolScript.CANCEL_GRACE_MS);
    assertThat(pool.effects)
        .anyMatch(each -> each instanceof PoolEffect.KillWorker kill && kill.stacks());
    pool.stops("p-1");
    assertThat(pool.starts()).extracting(PoolEffect.StartWorker::worker).containsExactly("p-2");
  }

  /** Fails if the end of a worker whose call did not stop counts for the pause, or as a crash. */
  @Test
  void itsReplacementIsNoCrash() {
    PoolScript wary = new PoolScript(1, 10, 10, 2).serving();
    wary.submit();
    wary.answers("p-1"); // forked workers are no longer on trial
    for (int worker = 1; worker <= 4; worker++) {
      wary.cancels(wary.submit());
      wary.passes(PoolScript.CANCEL_GRACE_MS);
      wary.crashes("p-" + worker);
      wary.ready("p-" + (worker + 1));
    }
    assertThat(wary.kills()).hasSize(4);
    assertThat(wary.starts()).extracting(PoolEffect.StartWorker::delayNanos).containsOnly(0L);
    assertThat(wary.announced()).doesNotContain(Event.WORKER_CRASHED, Event.POOL_CIRCUIT_OPEN);
    assertThat(wary.state.status(wary.now).lastError()).isNull();
  }

  @Test
  void aTimeoutInterruptsToo() {
    pool.submit(50);
    pool.passes(50);
    assertThat(pool.refused()).containsExactly("c1 EXECUTE_TIMEOUT");
    assertThat(pool.interrupted()).containsExactly("1@p-1");
  }

  @Test
  void whatIsOverOrUnknownIsNotCancelled() {
    Ticket over = pool.submit();
    pool.answers("p-1");
    pool.taken();
    pool.cancels(over);
    pool.does(pool.state.cancel("nobody's", pool.now));
    assertThat(pool.effects).isEmpty();
  }

  /** Q3. Fails if a call that is over keeps its place in the queue, its deadline or its id. */
  @Test
  void nothingIsKeptOfCancelledCalls() {
    PoolScript large =
        new PoolScript(new JsonObject().put("size", 2).put("maxQueue", 1_000)).serving();
    for (int i = 0; i < 10_000; i++) {
      large.cancels(large.submit());
      large.submit();
      assertThat(large.state.calls().known()).isLessThanOrEqualTo(1_002);
    }
    large.passes(PoolScript.QUEUE_TIMEOUT_MS);
    large.answers("p-1");
    assertThat(large.state.calls().known()).isZero();
    assertThat(large.state.calls().queued()).isZero();
  }

  /** Q3. Fails if {@code CallTable.forget} leaves an id behind, or drops that of another call. */
  @Test
  void allCallsOfOneIdAreCancelledTogetherAndNoneIsForgotten() {
    List<Ticket> same =
        IntStream.range(0, 4)
            .mapToObj(i -> NoCaller.ticket(Call.of("t"), "same", pool.now))
            .toList();
    same.forEach(ticket -> pool.does(pool.state.submit(ticket, pool.now)));
    pool.answers("p-1");
    assertThat(pool.state.calls().known()).isEqualTo(3);
    pool.does(pool.state.cancel("same", pool.now));
    assertThat(pool.delivered()).containsExactly("same");
    assertThat(pool.refused()).hasSize(3).containsOnly("same CANCELLED");
    assertThat(pool.state.calls().known()).isZero();
  }
}
