package io.snakepit.bridge;

/**
 * How a link ended.
 *
 * @param cause what happened
 * @param message for the log
 */
public record LinkEnd(Cause cause, String message) {

  /** The cases that call for different measures. */
  public enum Cause {
    /** The peer closed or died; the last call may have started. */
    END_OF_FILE,
    /**
     * The peer closed or died before it had read the last call to its end, which therefore provably
     * never started. Earlier calls that are still unanswered may have.
     */
    RESET,
    /** The peer broke the protocol. */
    PROTOCOL,
    /** We closed it. */
    CLOSED
  }
}
