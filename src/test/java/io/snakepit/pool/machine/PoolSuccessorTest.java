package io.snakepit.pool.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.pool.machine.PoolEffect.StartWorker;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Workers that are to take another's place, while that one ends, or the pool, or a roll begins. */
class PoolSuccessorTest {
  private final PoolScript pool = new PoolScript(1, 10).serving();

  private static List<String> started(PoolScript pool) {
    return pool.starts().stream().map(StartWorker::worker).toList();
  }

  /**
   * Fails if the roll is over once the worker of before has gone: its successor, which was on its
   * way when the roll began, has imported the old code.
   */
  @Test
  void aSuccessorFromBeforeTheRollIsRolledToo() {
    pool.does(pool.orders.recycle("p-1"));
    pool.does(pool.orders.roll());
    pool.ready("p-2");
    assertThat(pool.roll().outcome()).isEqualTo("running");
    assertThat(started(pool)).containsExactly("p-2", "p-3");
    pool.ready("p-3");
    assertThat(pool.roll()).isEqualTo(new PoolStatus.RollStatus("done", 2, 2, null));
    assertThat(pool.stopsOrdered()).containsExactly("p-1", "p-2");
  }

  /** Fails if the roll waits for ever for a successor that was never ready. */
  @Test
  void oneThatFailsThenIsRolledBySomebodyElse() {
    pool.does(pool.orders.recycle("p-1"));
    pool.does(pool.orders.roll());
    pool.crashes("p-2");
    assertThat(started(pool)).containsExactly("p-2", "p-3");
    pool.ready("p-3");
    assertThat(pool.roll().outcome()).isEqualTo("done");
  }

  /** Fails if the former worker, which goes on, is replaced all the same, for no reason at all. */
  @Test
  void oneThatWasKilledBeforeTheRollWasGivenUpIsNotStartedAgain() {
    PoolScript two = killedBeforeTheRollWasGivenUp();
    assertThat(two.roll().outcome()).isEqualTo("failed");
    two.stops("p-3");
    assertThat(started(two)).containsExactly("p-3", "p-4", "p-5", "p-6");
    assertThat(two.state.crew().ready()).isEqualTo(2);
  }

  /** Returns a pool whose first successor was ordered to end, and whose roll then failed. */
  private static PoolScript killedBeforeTheRollWasGivenUp() {
    PoolScript pool = new PoolScript(2, 10).serving();
    pool.does(pool.orders.roll());
    pool.does(pool.orders.kill("p-3", pool.now));
    pool.crashes("p-4");
    pool.crashes("p-5");
    pool.crashes("p-6");
    return pool;
  }

  /** Fails if the worker of before gets a second successor, which would be one too many. */
  @Test
  void oneThatWasKilledBeforeTheRollWasGivenUpHasASuccessorOnceThereIsAnotherRoll() {
    PoolScript two = killedBeforeTheRollWasGivenUp();
    two.does(two.orders.roll());
    assertThat(started(two)).endsWith("p-7", "p-8");
    two.stops("p-3");
    assertThat(started(two)).endsWith("p-7", "p-8");
    two.ready("p-7");
    two.ready("p-8");
    assertThat(two.roll().outcome()).isEqualTo("done");
    assertThat(two.state.crew().ready()).isEqualTo(2);
  }

  /** Fails if a roll is to replace a worker that leaves as soon as its call is over. */
  @Test
  void whoLeavesAnywayIsNotRolled() {
    PoolScript two = new PoolScript(2, 10).serving();
    two.submit();
    two.submit();
    two.does(two.orders.resize(new PoolLimits.Size(1, 1, 1), two.now));
    two.does(two.orders.roll());
    assertThat(two.roll().total()).isEqualTo(1);
    two.ready("p-3");
    assertThat(two.roll().outcome()).isEqualTo("done");
  }

  /** Fails if a roll without anybody to replace stays under way, and no other can begin. */
  @Test
  void aRollOfNobodyIsDone() {
    Roll roll = new Roll();
    roll.begin(new Crew(pool.limits));
    assertThat(roll.outcome()).isEqualTo(Roll.Outcome.DONE);
    assertThat(roll.isRunning()).isFalse();
  }

  /** Fails if what happens behind the end of a roll makes it a failed one. */
  @Test
  void aRollThatIsDoneDoesNotFail() {
    Roll roll = new Roll();
    roll.begin(new Crew(pool.limits));
    for (int failure = 0; failure < 5; failure++) {
      assertThat(roll.failed("p-2 crashed")).isFalse();
    }
    assertThat(roll.outcome()).isEqualTo(Roll.Outcome.DONE);
  }

  /** Fails if a worker that ends gets two in its place: one for its age, one for its end. */
  @Test
  void aSuccessorThatFailsWhileTheFormerIsKilledIsNotTriedAgain() {
    pool.does(pool.orders.recycle("p-1"));
    pool.does(pool.orders.kill("p-1", pool.now));
    pool.crashes("p-2");
    assertThat(started(pool)).containsExactly("p-2");
    pool.crashes("p-1");
    assertThat(started(pool)).containsExactly("p-2", "p-3");
  }

  /** Fails if a pool that is being shut down starts a worker. */
  @Test
  void aSuccessorThatEndsWithThePoolIsNotTriedAgain() {
    pool.submit();
    pool.does(pool.orders.recycle("p-1"));
    pool.drains(1_000);
    assertThat(pool.stopsOrdered()).containsExactly("p-2");
    pool.stops("p-2");
    assertThat(started(pool)).containsExactly("p-2");
    pool.answers("p-1");
    pool.stops("p-1");
    assertThat(pool.effects).contains(new PoolEffect.Stopped());
  }

  /** Fails if the age of a worker is looked at that has not begun to count. */
  @Test
  void aWorkerThatIsStartingHasNoAge() {
    JsonObject recycle = new JsonObject().put("jitter", 0).put("maxAgeMs", 500);
    PoolScript aging = new PoolScript(new JsonObject().put("size", 2).put("recycle", recycle));
    aging.serving();
    aging.crashes("p-1");
    aging.taken();
    aging.passes(500);
    assertThat(started(aging)).as("a successor of p-2 alone").containsExactly("p-4");
    aging.ready("p-3");
    aging.ready("p-4");
    assertThat(aging.stopsOrdered()).containsExactly("p-2");
  }
}
