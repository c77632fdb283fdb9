package io.snakepit.bridge;

/**
 * The end of a worker's link.
 *
 * @param cause the case, which decides what is done about it
 * @param message the circumstances, for people and the log
 */
public record LinkEnd(Cause cause, String message) {

  /** A case that calls for measures of its own. */
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
