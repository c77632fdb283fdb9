package io.snakepit.pool.machine;

/**
 * The rule by which a tool takes its calls together.
 *
 * @param max calls in a batch
 * @param waitNanos how long a call may wait for others to go with
 */
public record BatchRule(String tool, int max, long waitNanos) {}
