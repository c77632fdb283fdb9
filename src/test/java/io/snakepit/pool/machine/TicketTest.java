package io.snakepit.pool.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.snakepit.api.Call;
import org.junit.jupiter.api.Test;

class TicketTest {
  private final Ticket plain = NoCaller.ticket(Call.of("tool"), "c1", 0);

  /** Fails if the log does not name a call that is asked in the wrong state, which is our fault. */
  @Test
  void saysOfWhichCallItHasNoWorkerAndNoConsumer() {
    assertThatThrownBy(plain::home).hasMessage("Ticket[c1 NEW] is in no worker");
    assertThatThrownBy(plain::consumer)
        .hasMessage("the answer of Ticket[c1 NEW] does not come in pieces");
  }

  @Test
  void isNeverOverdueWithoutADeadline() {
    plain.setDeadline(0);
    assertThat(plain.isOverdue(Long.MAX_VALUE)).isFalse();
    plain.setDeadline(10);
    assertThat(plain.isOverdue(9)).isFalse();
    assertThat(plain.isOverdue(10)).isTrue();
  }
}
