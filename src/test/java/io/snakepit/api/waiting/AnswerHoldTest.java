package io.snakepit.api.waiting;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AnswerHoldTest {
  private final ByteBudget budget = new ByteBudget(1000, 1);
  private final ByteAccount account = budget.open("http.maxBufferedBytes");
  private final AnswerHold hold = new AnswerHold();

  private ByteLease lease(long bytes) {
    return requireNonNull(account.take(bytes));
  }

  @Test
  void givesBackPieceByPieceInTheirOrder() {
    hold.take(lease(100));
    hold.take(lease(20));
    assertThat(budget.counted()).isEqualTo(120);

    hold.releaseFirst();
    assertThat(budget.counted()).isEqualTo(20);
    assertThat(hold.isHolding()).isTrue();
    hold.releaseFirst();
    assertThat(budget.counted()).isZero();
    assertThat(hold.isHolding()).isFalse();
    hold.releaseFirst();
    assertThat(budget.counted()).isZero();
  }

  @Test
  void givesBackAllThatItHolds() {
    hold.take(lease(100));
    hold.take(lease(20));
    hold.release();
    assertThat(budget.counted()).isZero();
    assertThat(hold.isHolding()).isFalse();
  }

  /** Fails where an answer that comes when its client is gone stays counted for ever. */
  @Test
  void keepsNothingThatComesOnceItIsReleased() {
    hold.release();
    hold.take(lease(100));
    assertThat(budget.counted()).isZero();
    assertThat(hold.isHolding()).isFalse();
    hold.release();
    assertThat(budget.counted()).isZero();
  }
}
