package io.snakepit.api.waiting;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WaitingBodyTest {
  private final ByteBudget budget = new ByteBudget(1000, 1);
  private final ByteAccount account = budget.open("pools.p.maxQueueBytes");

  private WaitingBody body() {
    return new WaitingBody(Buffer.buffer("abc"), requireNonNull(account.take(3)));
  }

  private void assertHere(WaitingBody body) {
    assertThat(body.isHere()).isTrue();
    assertThat(body.bytes()).hasToString("abc");
    assertThat(budget.counted()).isEqualTo(3);
  }

  private void assertGone(WaitingBody body) {
    assertThat(body.isHere()).isFalse();
    assertThat(body.bytes().length()).isZero();
    assertThat(body.length()).isEqualTo(3);
    assertThat(budget.counted()).isZero();
  }

  @Test
  void isLetGoOfOnceItIsWritten() {
    WaitingBody body = body();
    body.writing();
    assertHere(body);
    body.written(true, false);
    assertGone(body);
    body.close();
    assertGone(body);
  }

  @Test
  void staysOfACallThatMayBeTriedAgainUntilThatIsOver() {
    WaitingBody body = body();
    body.writing();
    body.written(true, true);
    assertHere(body);
    body.writing();
    body.written(true, true);
    assertHere(body);
    body.close();
    assertGone(body);
  }

  @Test
  void staysWhenItCouldNotBeWrittenForTheNextWorker() {
    WaitingBody body = body();
    body.writing();
    body.written(false, false);
    assertHere(body);
    body.writing();
    body.written(true, false);
    assertGone(body);
  }

  @Test
  void isLetGoOfWhenItsCallIsOverBeforeItWasEverSent() {
    WaitingBody body = body();
    body.close();
    assertGone(body);
  }

  @Test
  void isCountedWhileItIsWrittenThoughItsCallIsOver() {
    WaitingBody body = body();
    body.writing();
    body.close();
    assertHere(body);
    body.written(false, false);
    assertGone(body);
  }

  /** Fails if a body is lost or kept on one of the ways that a call can take. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void givesBackOnEveryWay(long seed) {
    SplittableRandom chance = new SplittableRandom(seed);
    for (int round = 0; round < 5_000; round++) {
      WaitingBody body = body();
      boolean sentAgain = chance.nextBoolean();
      int writes = 0;
      boolean closed = false;
      boolean whole = false;
      for (int step = chance.nextInt(8); step > 0; step--) {
        switch (chance.nextInt(3)) {
          case 0 -> {
            if (body.isHere()) {
              body.writing();
              writes++;
            }
          }
          case 1 -> {
            if (writes > 0) {
              writes--;
              boolean well = chance.nextBoolean();
              whole |= well;
              body.written(well, sentAgain);
            }
          }
          default -> {
            closed = true;
            body.close();
          }
        }
        boolean needed = !closed && (sentAgain || !whole);
        assertThat(body.isHere())
            .as("seed %d, round %d", seed, round)
            .isEqualTo(needed || writes > 0);
        assertThat(budget.counted()).isEqualTo(body.isHere() ? 3 : 0);
      }
      for (; writes > 0; writes--) {
        body.written(false, sentAgain);
      }
      body.close();
      assertGone(body);
    }
  }
}
