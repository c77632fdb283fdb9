package io.snakepit.pool;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.waiting.ByteAccount;
import io.snakepit.api.waiting.ByteBudget;
import io.snakepit.api.waiting.ByteLease;
import io.snakepit.bridge.Intake;
import io.snakepit.testing.OnLoop;
import io.snakepit.worker.LinkedWorkers;
import io.snakepit.worker.LinkedWorkers.ReadingLink;
import io.snakepit.worker.Worker;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two workers have answers of 400 bytes each, where 1,000 may be there in all. */
class AnswerIntakeTest {
  private static final int BYTES = 400;

  private final Vertx vertx = Vertx.vertx();
  private final Context home = vertx.getOrCreateContext();
  private final ByteBudget budget = new ByteBudget(1000, 1);
  private final ByteAccount account = budget.open("http.maxBufferedBytes");
  private final AnswerIntake intake = new AnswerIntake(account, home);
  private final ReadingLink link = new ReadingLink();
  private final Worker worker = LinkedWorkers.make("p-1", vertx, link);
  private final ReadingLink otherLink = new ReadingLink();
  private final Worker other = LinkedWorkers.make("p-2", vertx, otherLink);

  @AfterEach
  void close() {
    vertx.close().await();
  }

  private void onLoop(Runnable steps) {
    OnLoop.run(home, steps);
  }

  /** Waits until the loop has done what it was given before, and what came of that. */
  private void settle() {
    onLoop(() -> {});
    onLoop(() -> {});
  }

  private void assertIntake(Worker of, Intake expected) {
    assertThat(intake.enter(of, BYTES, false)).isEqualTo(expected);
  }

  /** Takes all the room there is. */
  private ByteLease fill() {
    return requireNonNull(account.take(900));
  }

  private void assertCounted(long bytes) {
    assertThat(budget.counted()).isEqualTo(bytes);
  }

  @Test
  void aBodyCountsBeforeItIsReadAndUntilItIsGivenBack() {
    onLoop(
        () -> {
          for (int i = 0; i < 2; i++) {
            assertIntake(worker, Intake.READ);
            assertCounted(BYTES);
            ByteLease lease = requireNonNull(intake.taken(worker));
            assertThat(lease.bytes()).isEqualTo(BYTES);
            assertThat(intake.taken(worker)).as("has been handed over").isNull();
            lease.release();
            assertCounted(0);
          }
        });
    assertThat(link.times()).isZero();
  }

  @Test
  void aBodyWithoutRoomWaitsAndItsWorkerIsToldOnceThereIs() {
    ByteLease all = fill();
    onLoop(
        () -> {
          assertIntake(worker, Intake.WAIT);
          assertIntake(worker, Intake.WAIT);
          all.release();
          assertCounted(BYTES);
        });
    settle();
    assertThat(link.times()).isEqualTo(1);
    onLoop(() -> assertIntake(worker, Intake.READ));
    assertCounted(BYTES);
    onLoop(() -> requireNonNull(intake.taken(worker)).release());
    assertCounted(0);
  }

  @Test
  void aBodyThatHasComeIsCountedWithoutRoom() {
    fill();
    onLoop(() -> assertThat(intake.enter(worker, BYTES, true)).isEqualTo(Intake.READ));
    assertCounted(900 + BYTES);
    onLoop(() -> requireNonNull(intake.taken(worker)).release());
    assertCounted(900);
  }

  @Test
  void aBodyThatIsGivenUpGivesBackWhatItHas() {
    onLoop(
        () -> {
          assertIntake(worker, Intake.READ);
          intake.drop(worker);
          assertCounted(0);
          assertThat(intake.taken(worker)).isNull();
          intake.drop(worker);
        });
  }

  /** Fails where it goes on waiting for room, which it would get one day, and hold up others. */
  @Test
  void aBodyThatIsGivenUpWhileItWaitsHoldsUpNobody() {
    fill();
    onLoop(
        () -> {
          assertIntake(worker, Intake.WAIT);
          intake.drop(worker);
          assertThat(intake.enter(other, 100, false)).isEqualTo(Intake.READ);
        });
  }

  @Test
  void aBodyThatIsGivenUpWhileItWaitsLetsTheNextGoOnAtOnce() {
    requireNonNull(account.take(700));
    onLoop(
        () -> {
          assertIntake(worker, Intake.WAIT);
          assertThat(intake.enter(other, 300, false)).as("behind the first").isEqualTo(Intake.WAIT);
          intake.drop(worker);
        });
    settle();
    assertThat(otherLink.times()).isEqualTo(1);
    assertThat(link.times()).isZero();
    assertCounted(1000);
  }

  /** Fails where room that was on its way to a body which is given up is nobody's for ever. */
  @Test
  void roomThatComesTooLateIsGivenBack() {
    ByteLease all = fill();
    onLoop(
        () -> {
          assertIntake(worker, Intake.WAIT);
          all.release();
          assertCounted(BYTES);
          intake.drop(worker);
        });
    settle();
    assertThat(link.times()).isZero();
    assertCounted(0);
  }

  /** Fails where room for a body that was given up becomes that of the worker's next one. */
  @Test
  void roomThatComesTooLateIsNotTheNextBodys() {
    ByteLease all = fill();
    onLoop(
        () -> {
          assertIntake(worker, Intake.WAIT);
          all.release();
          intake.drop(worker);
          assertThat(intake.enter(worker, 1000, false)).isEqualTo(Intake.WAIT);
        });
    settle();
    assertThat(link.times()).isEqualTo(1);
    onLoop(
        () -> {
          assertThat(intake.enter(worker, 1000, false)).isEqualTo(Intake.READ);
          assertThat(requireNonNull(intake.taken(worker)).bytes()).isEqualTo(1000);
        });
    assertCounted(1000);
  }

  @Test
  void roomForAPoolWhoseLoopHasEndedIsGivenBack() {
    ByteLease all = fill();
    onLoop(() -> assertIntake(worker, Intake.WAIT));
    vertx.close().await();
    all.release();
    assertCounted(0);
  }

  @Test
  void aWorkerThatWaitsIsAskedAgainAndNoOther() {
    fill();
    onLoop(
        () -> {
          intake.lookAgain(worker);
          assertIntake(worker, Intake.WAIT);
          assertThat(intake.enter(other, BYTES, true)).isEqualTo(Intake.READ);
          intake.lookAgain(worker);
          intake.lookAgain(other);
        });
    assertThat(link.times()).isEqualTo(1);
    assertThat(otherLink.times()).isZero();
  }
}
