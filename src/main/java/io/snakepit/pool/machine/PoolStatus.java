package io.snakepit.pool.machine;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A pool's state at one moment, for reports.
 *
 * @param paused whether an operator has it take no calls for now
 * @param queued calls that wait
 * @param counters how calls ended and workers were replaced, by name
 * @param fault what is wrong with the pool; empty if nothing is
 * @param roll how far the last roll has come; null before the first
 * @param lastError why the pool failed, or its last worker crashed; null if neither has happened
 */
public record PoolStatus(
    PoolPhase phase,
    boolean paused,
    Workers workers,
    int queued,
    Map<String, Long> counters,
    String fault,
    @Nullable RollStatus roll,
    @Nullable String lastError) {

  static PoolStatus of(
      PoolLifecycle lifecycle, Crew crew, CallTable calls, Roll roll, String fault) {
    return new PoolStatus(
        lifecycle.phase(),
        lifecycle.isPaused(),
        Workers.of(crew),
        calls.queued(),
        calls.counters().toMap(),
        fault,
        RollStatus.of(roll),
        lifecycle.lastError());
  }

  /**
   * The workers of a pool.
   *
   * @param target how many there are to be
   * @param ready how many can take calls, now or after those they have
   * @param busy how many have a call, answered or not
   * @param starting how many are starting or about to
   * @param running calls in workers, answered or not
   * @param capacity calls that the ready ones can run at a time
   */
  public record Workers(int target, int ready, int busy, int starting, int running, int capacity) {
    static Workers of(Crew crew) {
      return new Workers(
          crew.target(),
          crew.ready(),
          crew.busy(),
          crew.starting(),
          crew.running(),
          crew.capacity());
    }
  }

  /**
   * The progress of a roll.
   *
   * @param outcome one of {@code running}, {@code done} and {@code failed}
   * @param done workers that have been replaced
   * @param total workers that are to be
   * @param fault why the last successor that failed did, or null
   */
  public record RollStatus(String outcome, int done, int total, @Nullable String fault) {
    static @Nullable RollStatus of(Roll roll) {
      return roll.outcome() == Roll.Outcome.NONE
          ? null
          : new RollStatus(
              roll.outcome().name().toLowerCase(Locale.ROOT),
              roll.done(),
              roll.total(),
              roll.fault());
    }
  }
}
