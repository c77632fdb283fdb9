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
    /** The peer had read all that was sent, and closed or died. */
    END_OF_FILE,
    /** The peer died with bytes unread: the last call provably never started. */
    RESET,
    /** The peer broke the protocol. */
    PROTOCOL,
    /** We closed it. */
    CLOSED
  }
}
