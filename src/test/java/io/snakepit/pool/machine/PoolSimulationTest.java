package io.snakepit.pool.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.pool.machine.PoolWorld.Ends;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Q12: a pool in a world of chance. After every step the promises of {@link PoolState} are checked;
 * at the end of each life faults stop, the pool must become whole, and then be drained. A failure
 * tells its seed; {@code ./snakepit test --seed N} plays that one alone, with its last steps, and
 * {@code -Dsnakepit.simulation.lives=N} plays more.
 *
 * <p>Fails within some hundred steps if an outcome is not counted, if a late answer gives no
 * capacity back, if an answered call's id is kept, if bindings outlive a worker's service, or if a
 * strict session's call is tried on another worker.
 */
class PoolSimulationTest {
  private static final int LIVES = Integer.getInteger("snakepit.simulation.lives", 420);
  private static final int STEPS = 2_500;
  private static final int LANES = 20;

  static LongStream seeds() {
    Long only = Long.getLong("snakepit.simulation.seed");
    return only == null ? LongStream.rangeClosed(1, LANES) : LongStream.of(only);
  }

  /** 420 × 2,500: more than a million steps. */
  @ParameterizedTest(name = "seeds {0}, {0} + 20, …")
  @MethodSource("seeds")
  void keepsItsPromisesWhateverHappens(long first) {
    live(first, LIVES, Ends.AT_ONCE);
  }

  /** Half a million more. */
  @ParameterizedTest(name = "seeds {0}, {0} + 20, …")
  @MethodSource("seeds")
  void keepsItsPromisesAlsoWhenProcessesTakeTheirTimeToEnd(long first) {
    live(first, LIVES / 2, Ends.LATER);
  }

  private static void live(long first, int lives, Ends ends) {
    boolean alone = Long.getLong("snakepit.simulation.seed") != null;
    for (long seed = first; seed <= (alone ? first : lives); seed += LANES) {
      live(seed, ends);
    }
  }

  /**
   * Seeds that have found a fault once: a place that was counted for a worker that was being
   * replaced (2, 5), or for one that had replaced it (1234, 5838); places left empty by a resize
   * (64, 208) or a roll that was given up (3207); a batch that was interrupted by the number of a
   * call that was over (11); a circuit that could not close, since no worker started (6291); a
   * second successor of one worker (206).
   */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {2, 5, 11, 41, 64, 206, 208, 1_234, 3_207, 3_546, 5_838, 6_291})
  void whatItOnceFoundStaysMended(long seed) {
    live(seed, Ends.AT_ONCE);
  }

  private static void live(long seed, Ends ends) {
    PoolWorld world = new PoolWorld(seed, ends);
    PoolPromises promises = new PoolPromises(world);
    String where = "at the start";
    try {
      for (int step = 0; step < STEPS; step++) {
        where = "at step " + step;
        world.step();
        promises.check();
      }
      where = "when faults stop";
      world.settle();
      promises.check();
      assertThat(world.isSettled()).as("the pool is whole again").isTrue();
      where = "at the end";
      world.shutDown();
      promises.check();
      assertThat(world.around.stopped).as("the pool has stopped").isTrue();
      assertThat(world.around.waiting).as("every caller was answered").isEmpty();
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError(
          "seed %d, ends %s, %s: %s%nAgain, with its last steps: ./snakepit test --seed %d%n%s"
              .formatted(
                  seed, ends, where, e.getMessage(), seed, world.around.trace(world.state.crew())),
          e);
    }
  }

  /** A seed plays the same life again: else it would be of no use. */
  @Test
  void aSeedPlaysTheSameLifeAgain() {
    assertThat(record(7)).isEqualTo(record(7)).isNotEqualTo(record(8));
  }

  /** Fails if no life ever comes to what is promised of changing over. */
  @Test
  void somePoolsChangeOverToFreshInterpreters() {
    int times = 0;
    for (long seed = 1; seed <= 60; seed++) {
      PoolWorld world = new PoolWorld(seed, Ends.AT_ONCE);
      for (int step = 0; step < 500; step++) {
        world.step();
      }
      times += world.around.changedOver;
    }
    assertThat(times).isPositive();
  }

  /** Fails if no life begins with forked workers that hang or die as they start. */
  @Test
  void somePoolsComeUpByFreshInterpreters() {
    int times = 0;
    for (long seed = 1; seed <= 60; seed++) {
      times += new PoolWorld(seed, Ends.AT_ONCE).around.changedOver;
    }
    assertThat(times).isPositive();
  }

  private static String record(long seed) {
    PoolWorld world = new PoolWorld(seed, Ends.AT_ONCE);
    for (int step = 0; step < 500; step++) {
      world.step();
    }
    return world.state.calls().counters().toMap()
        + " "
        + world.now
        + " "
        + world.around.alive.keySet();
  }
}
