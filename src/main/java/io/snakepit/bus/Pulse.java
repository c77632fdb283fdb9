package io.snakepit.bus;

/**
 * The state of a worker's heartbeats. Immutable.
 *
 * @param sent sequence of the last ping that was sent to it; 0 before the first
 * @param answered sequence of the last ping that it has answered; 0 before the first
 * @param answeredAt when it answered last, or became ready: nanoseconds of {@link System#nanoTime}
 * @param pid of its process on this machine; 0: not known
 * @param inTime whether it has a call whose time, deadline and grace, is not over
 */
public record Pulse(
    String worker, long sent, long answered, long answeredAt, long pid, boolean inTime) {

  /** Returns whether a ping is still to be answered. */
  public boolean isUnanswered() {
    return answered < sent;
  }

  /** Returns the same of a worker that has a call whose time is not over, or has none. */
  public Pulse withTime(boolean hasTime) {
    return new Pulse(worker, sent, answered, answeredAt, pid, hasTime);
  }

  /** Returns the same with all pings answered, the last at that time. */
  public Pulse withAllAnswered(long at) {
    return new Pulse(worker, sent, sent, at, pid, inTime);
  }

  /** Returns the same, last answered at that time. */
  public Pulse withAnsweredAt(long at) {
    return new Pulse(worker, sent, answered, at, pid, inTime);
  }
}
