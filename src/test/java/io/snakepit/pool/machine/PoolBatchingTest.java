package io.snakepit.pool.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.pool.machine.PoolEffect.Dispatch;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Calls of a tool that takes them together. */
class PoolBatchingTest {
  private static final Call EMBED = Call.of("embed");

  private final PoolScript pool = new PoolScript(1, 100).batching("embed", 4, 5).serving();

  private List<Integer> sizes() {
    return pool.effects.stream()
        .filter(Dispatch.class::isInstance)
        .map(each -> ((Dispatch) each).batch())
        .toList();
  }

  private void submit(int calls) {
    for (int i = 0; i < calls; i++) {
      pool.submit(EMBED);
    }
  }

  @Test
  void aLoneCallGoesAtOnce() {
    submit(1);
    assertThat(pool.dispatched()).containsExactly("c1@p-1");
    assertThat(sizes()).containsExactly(1);
  }

  @Test
  void thoseThatWaitGoTogetherUpToTheMost() {
    submit(7);
    pool.answers("p-1");
    assertThat(pool.dispatched()).containsExactly("c1@p-1", "c2@p-1", "c3@p-1", "c4@p-1", "c5@p-1");
    assertThat(sizes()).containsExactly(1, 4, 0, 0, 0);
  }

  @Test
  void aBatchTakesOneUnitAndTheNextGoesWhenAllOfItIsAnswered() {
    submit(7);
    pool.answers("p-1");
    pool.taken();
    pool.answers("p-1", 3, null);
    pool.answers("p-1", 2, null);
    pool.answers("p-1", 5, null);
    assertThat(pool.dispatched()).isEmpty();
    assertThat(pool.delivered()).containsExactly("c3", "c2", "c5");
    pool.passes(5);
    pool.answers("p-1", 4, null);
    assertThat(pool.dispatched()).containsExactly("c6@p-1", "c7@p-1");
  }

  @Test
  void afterABatchTheNextCallWaitsForCompanyButNotForLong() {
    submit(3);
    pool.answers("p-1");
    pool.answers("p-1", 2, null);
    pool.answers("p-1", 3, null);
    pool.taken();
    submit(1);
    assertThat(pool.dispatched()).isEmpty();
    pool.passes(4);
    assertThat(pool.dispatched()).isEmpty();
    pool.passes(1);
    assertThat(pool.dispatched()).containsExactly("c4@p-1");
    pool.answers("p-1");
    submit(1);
    assertThat(pool.dispatched()).containsExactly("c4@p-1", "c5@p-1");
  }

  @Test
  void aWholeBatchWaitsForNothing() {
    submit(3);
    pool.answers("p-1");
    pool.answers("p-1", 2, null);
    pool.answers("p-1", 3, null);
    pool.taken();
    submit(4);
    assertThat(sizes()).as("to a free worker").containsExactly(4, 0, 0, 0);
    submit(4);
    for (int sequence = 4; sequence < 8; sequence++) {
      pool.answers("p-1", sequence, null);
    }
    assertThat(sizes()).as("to one that becomes free").containsExactly(4, 0, 0, 0, 4, 0, 0, 0);
  }

  @Test
  void aWorkerMayTellOfAnotherLimitWhichHoldsOnceNobodyWaitsByTheFormer() {
    submit(4);
    pool.batching("embed", 2, 5);
    pool.does(pool.orders.resize(new PoolLimits.Size(2, 2, 1), pool.now));
    pool.ready("p-2");
    assertThat(sizes()).containsExactly(1, 3, 0, 0);
    pool.crashes("p-1");
    pool.ready("p-3");
    pool.taken();
    submit(5);
    pool.answers("p-3");
    assertThat(sizes()).containsExactly(1, 2, 0);
  }

  @Test
  void withRoomForNobodyToWaitEachGoesAlone() {
    PoolScript none = new PoolScript(2, 0).batching("embed", 4, 5).serving();
    none.submit(EMBED);
    none.submit(EMBED);
    assertThat(none.dispatched()).hasSize(2);
    assertThat(none.refused()).isEmpty();
  }

  @Test
  void otherToolsAreServedInTheirTurn() {
    submit(1);
    pool.submit();
    submit(2);
    pool.answers("p-1");
    pool.answers("p-1");
    assertThat(pool.dispatched()).containsExactly("c1@p-1", "c2@p-1", "c3@p-1", "c4@p-1");
  }

  @Test
  void isInterruptedOnceNobodyWaitsForAnyOfIt() {
    submit(1);
    Ticket a = pool.submit(EMBED);
    Ticket b = pool.submit(EMBED);
    pool.answers("p-1");
    pool.cancels(a);
    assertThat(pool.refused()).containsExactly("c2 CANCELLED");
    assertThat(pool.interrupted()).isEmpty();
    pool.cancels(b);
    assertThat(pool.interrupted()).containsExactly("2@p-1");
    pool.answers("p-1", a.sequence, ErrorCode.CANCELLED);
    assertThat(pool.interrupted()).as("once").hasSize(1);
    pool.passes(PoolScript.CANCEL_GRACE_MS);
    assertThat(pool.kills()).containsExactly("p-1");
  }

  @Test
  void soIsOneWhoseOtherCallsAreAnswered() {
    submit(1);
    Ticket a = pool.submit(EMBED);
    Ticket b = pool.submit(EMBED);
    pool.answers("p-1");
    pool.cancels(a);
    pool.answers("p-1", b.sequence, null);
    assertThat(pool.interrupted()).containsExactly("2@p-1");
  }

  @Test
  void andItIsTheCallLeftThatIsInterrupted() {
    submit(1);
    Ticket a = pool.submit(EMBED);
    Ticket b = pool.submit(EMBED);
    pool.answers("p-1");
    pool.answers("p-1", a.sequence, null);
    pool.cancels(b);
    assertThat(pool.interrupted()).containsExactly("3@p-1");
  }

  @Test
  void idempotentCallsOfALostBatchAreTriedAgainOneByOne() {
    submit(1);
    pool.submit(EMBED.idempotent(true));
    pool.submit(EMBED);
    pool.answers("p-1");
    pool.crashes("p-1");
    assertThat(pool.refused()).containsExactly("c3 WORKER_CRASHED");
    pool.ready("p-2");
    assertThat(pool.dispatched()).endsWith("c2@p-2");
    pool.answers("p-2");
    pool.submit();
    assertThat(pool.dispatched()).as("its capacity is not lost").endsWith("c4@p-2");
  }
}
