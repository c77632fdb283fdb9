package io.snakepit.bus;

/**
 * The state of a worker's heartbeats. Immutable.
 *
 * @param sent sequence of the last ping that was sent to it; 0 before the first
 * @param answered sequence of the last ping that it has answered; 0 before the first
 * @param answeredAt when it answered last, or became ready: nanoseconds of {@link System#nanoTime}
 */
public record Pulse(String worker, long sent, long answered, long answeredAt) {}
