package io.snakepit.bench;

import java.time.Duration;
import java.util.List;

/**
 * Lengths and numbers of all measurements.
 *
 * @param rounds how often each row is measured, all rows taking turns; a figure is their median
 * @param calls the table of calls
 * @param large time for each row with large bodies
 * @param starts of workers and of the server
 * @param kills of workers and of hosts
 * @param idle workers without calls
 * @param queues lengths of the queue whose steps are timed, the shortest first
 * @param streams of chunks and uploads
 */
record Plan(
    int rounds,
    Calls calls,
    Duration large,
    Starts starts,
    Kills kills,
    Idle idle,
    List<Integer> queues,
    Streams streams) {

  /**
   * The table of calls.
   *
   * @param workers pool sizes
   * @param inFlight calls at a time
   * @param warmUp for each way in, before anything counts
   * @param slice of one row in one round
   * @param settle before each slice, not counted
   * @param floor of the bare loop, before and after each few rows
   * @param patience to spend, over the whole table, on measuring again what was disturbed
   */
  record Calls(
      List<Integer> workers,
      List<Integer> inFlight,
      Duration warmUp,
      Duration slice,
      Duration settle,
      Duration floor,
      Duration patience) {}

  /**
   * Starts of workers and of the server.
   *
   * @param workers numbers of workers to start
   * @param repeats of each start but the largest
   * @param herd workers that start at once, forked
   * @param serves how often the server is started
   */
  record Starts(List<Integer> workers, int repeats, int herd, int serves) {}

  /**
   * Kills of workers and of hosts.
   *
   * @param workers kills of a worker, for recovery and for the start of a single one
   * @param storm workers killed under load
   * @param hosts how often a host is killed
   * @param orphans workers that a host has when it is killed
   * @param keepers how often a host is killed together with its keeper
   */
  record Kills(int workers, int storm, int hosts, int orphans, int keepers) {}

  /**
   * Costs of workers without calls.
   *
   * @param workers whose memory is read
   * @param watched workers whose heartbeats are paid for
   * @param settle how long they are left alone before: the JIT compiler goes on for a while after a
   *     start, and is no cost of being idle
   * @param watch how long that is measured
   */
  record Idle(int workers, int watched, Duration settle, Duration watch) {}

  /**
   * Streams of chunks and uploads.
   *
   * @param chunks of each stream whose rate is measured
   * @param uploadBytes of one upload
   * @param slow how long a slow consumer is watched
   */
  record Streams(int chunks, long uploadBytes, Duration slow) {}

  /** Returns the plan of a full run, some five minutes. */
  static Plan full() {
    return new Plan(
        5,
        new Calls(
            List.of(1, 2, 4),
            List.of(1, 8, 32),
            Duration.ofSeconds(4),
            Duration.ofMillis(300),
            Duration.ofMillis(50),
            Duration.ofMillis(200),
            Duration.ofSeconds(60)),
        Duration.ofSeconds(2),
        new Starts(List.of(1, 8, 64), 3, 250, 3),
        new Kills(15, 50, 3, 32, 30),
        new Idle(8, 100, Duration.ofSeconds(20), Duration.ofSeconds(20)),
        List.of(1_000, 10_000, 100_000),
        new Streams(200_000, 2_000_000_000, Duration.ofSeconds(60)));
  }

  /** Takes less than a minute: enough for every bound, with more noise. */
  static Plan quick() {
    return new Plan(
        3,
        new Calls(
            List.of(1, 2),
            List.of(1, 32),
            Duration.ofSeconds(2),
            Duration.ofMillis(250),
            Duration.ofMillis(50),
            Duration.ofMillis(150),
            Duration.ofSeconds(10)),
        Duration.ofSeconds(1),
        new Starts(List.of(1, 64), 1, 250, 1),
        new Kills(7, 50, 1, 8, 6),
        new Idle(4, 100, Duration.ofSeconds(10), Duration.ofSeconds(10)),
        List.of(1_000, 10_000, 100_000),
        new Streams(100_000, 500_000_000, Duration.ofSeconds(10)));
  }

  /** Takes seconds: shows that all parts work, and measures nothing worth reading. */
  static Plan tiny() {
    return new Plan(
        1,
        new Calls(
            List.of(1, 2),
            List.of(1, 32),
            Duration.ofMillis(50),
            Duration.ofMillis(30),
            Duration.ofMillis(5),
            Duration.ofMillis(50),
            Duration.ZERO),
        Duration.ofMillis(50),
        new Starts(List.of(1, 2), 1, 3, 1),
        new Kills(2, 2, 1, 2, 1),
        new Idle(2, 2, Duration.ZERO, Duration.ofMillis(300)),
        List.of(1_000, 2_000),
        new Streams(500, 3_000_000, Duration.ofMillis(300)));
  }
}
