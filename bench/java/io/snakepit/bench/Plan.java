package io.snakepit.bench;

import java.time.Duration;
import java.util.List;

/**
 * How long and how often things are measured.
 *
 * @param workers pool sizes of the table of calls
 * @param inFlight calls at a time in that table
 * @param rounds how often each row is measured, all rows taking turns; a figure is their median
 * @param warmUp for each way in, before anything counts
 * @param slice of one row in one round
 * @param settle before each slice, not counted
 * @param floor of the bare loop, before and after each few rows
 * @param patience to spend, over the whole table of calls, on measuring again what was disturbed
 * @param large of each row with large bodies
 * @param starts numbers of workers to start
 * @param repeats of each start but the largest
 * @param kills of a worker, for recovery and for the start of a single one
 * @param idleWorkers whose memory is read
 * @param orphans workers that a host has when it is killed
 * @param hostKills how often a host is killed
 * @param herd workers that start at once, forked
 * @param watched idle workers whose heartbeats are paid for
 * @param watchAfter how long they are left alone before: the JIT compiler goes on for a while after
 *     a start, and is no cost of being idle
 * @param watch how long that is measured
 * @param queues lengths of the queue whose steps are timed, the shortest first
 * @param storm workers killed under load
 * @param serves how often the server is started
 * @param chunks of each stream whose rate is measured
 * @param uploadBytes of one upload
 * @param slow how long a slow consumer is watched
 */
record Plan(
    List<Integer> workers,
    List<Integer> inFlight,
    int rounds,
    Duration warmUp,
    Duration slice,
    Duration settle,
    Duration floor,
    Duration patience,
    Duration large,
    List<Integer> starts,
    int repeats,
    int kills,
    int idleWorkers,
    int orphans,
    int hostKills,
    int herd,
    int watched,
    Duration watchAfter,
    Duration watch,
    List<Integer> queues,
    int storm,
    int serves,
    int chunks,
    long uploadBytes,
    Duration slow) {

  /** Some five minutes. */
  static Plan full() {
    return new Plan(
        List.of(1, 2, 4),
        List.of(1, 8, 32),
        5,
        Duration.ofSeconds(4),
        Duration.ofMillis(300),
        Duration.ofMillis(50),
        Duration.ofMillis(200),
        Duration.ofSeconds(60),
        Duration.ofSeconds(2),
        List.of(1, 8, 64),
        3,
        15,
        8,
        32,
        3,
        250,
        100,
        Duration.ofSeconds(20),
        Duration.ofSeconds(20),
        List.of(1_000, 10_000, 100_000),
        50,
        3,
        200_000,
        2_000_000_000,
        Duration.ofSeconds(60));
  }

  /** Less than a minute: enough for every bound, with more noise. */
  static Plan quick() {
    return new Plan(
        List.of(1, 2),
        List.of(1, 32),
        3,
        Duration.ofSeconds(2),
        Duration.ofMillis(250),
        Duration.ofMillis(50),
        Duration.ofMillis(150),
        Duration.ofSeconds(10),
        Duration.ofSeconds(1),
        List.of(1, 64),
        1,
        7,
        4,
        8,
        1,
        250,
        100,
        Duration.ofSeconds(10),
        Duration.ofSeconds(10),
        List.of(1_000, 10_000, 100_000),
        50,
        1,
        100_000,
        500_000_000,
        Duration.ofSeconds(10));
  }

  /** Seconds: shows that all parts work, and measures nothing worth reading. */
  static Plan tiny() {
    return new Plan(
        List.of(1, 2),
        List.of(1, 32),
        1,
        Duration.ofMillis(50),
        Duration.ofMillis(30),
        Duration.ofMillis(5),
        Duration.ofMillis(50),
        Duration.ZERO,
        Duration.ofMillis(50),
        List.of(1, 2),
        1,
        2,
        2,
        2,
        1,
        3,
        2,
        Duration.ZERO,
        Duration.ofMillis(300),
        List.of(1_000, 2_000),
        2,
        1,
        500,
        3_000_000,
        Duration.ofMillis(300));
  }
}
