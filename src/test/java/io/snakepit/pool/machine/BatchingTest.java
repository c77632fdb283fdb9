package io.snakepit.pool.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.Call;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tools that take batches, beside each other. Calls arrive in the order of their numbers. */
class BatchingTest {
  private static final long WAIT = 10;

  private final Batching batching = new Batching();
  private final BatchQueue slow = learn("slow", WAIT);
  private final BatchQueue quick = learn("quick", WAIT / 2);

  private BatchQueue learn(String tool, long wait) {
    batching.learn(List.of(new BatchRule(tool, 4, wait)));
    BatchQueue queue = batching.of(tool);
    // Its last batch was one of two calls: from now on calls wait for company.
    arrives(queue, 1, 0);
    arrives(queue, 2, 0);
    queue.next().forEach(queue.calls::remove);
    return queue;
  }

  private static void arrives(BatchQueue queue, long arrival, long now) {
    Ticket ticket = NoCaller.ticket(Call.of(queue.rule().tool()), "c" + arrival, now);
    ticket.arrival = arrival;
    queue.calls.insert(ticket);
  }

  @Test
  void nobodyIsNextWhereNobodyWaits() {
    assertThat(batching.firstRipe(0)).isNull();
    assertThat(batching.nextToRipen()).isNull();
    assertThat(new Batching().nextToRipen()).isNull();
  }

  @Test
  void ofThoseThatAreRipeTheOneGoesWhoseFirstCallCameFirst() {
    arrives(slow, 4, 0);
    arrives(quick, 3, 0);
    assertThat(batching.firstRipe(WAIT)).as("the later in the list").isSameAs(quick);
    quick.calls.remove(quick.calls.peek());
    arrives(quick, 5, 0);
    assertThat(batching.firstRipe(WAIT)).as("the earlier in the list").isSameAs(slow);
  }

  /** Fails if a tool whose calls wait for company holds up the others. */
  @Test
  void whoWaitsForCompanyIsPassedBy() {
    arrives(slow, 3, 0);
    arrives(quick, 4, 0);
    assertThat(batching.firstRipe(WAIT / 2 - 1)).isNull();
    assertThat(batching.firstRipe(WAIT / 2)).isSameAs(quick);
  }

  /** Fails if the pool sleeps beyond the time of one of them. */
  @Test
  void theOneWhoseTimeComesFirstRipensFirst() {
    arrives(slow, 3, 0);
    assertThat(batching.nextToRipen()).isSameAs(slow);
    arrives(quick, 4, 0);
    assertThat(batching.nextToRipen()).as("the later in the list").isSameAs(quick);
    quick.calls.remove(quick.calls.peek());
    arrives(quick, 5, WAIT);
    assertThat(batching.nextToRipen()).as("the earlier in the list").isSameAs(slow);
  }

  /** Fails if a call waits for company though its tool allows no wait. */
  @Test
  void aToolThatWaitsForNobodySendsWhatIsThere() {
    BatchQueue hasty = learn("hasty", 0);
    assertThat(hasty.ripensWithAnother()).isTrue();
    assertThat(quick.ripensWithAnother()).isFalse();
  }
}
