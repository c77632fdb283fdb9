package io.snakepit.heartbeat;

/**
 * The finding of a look at a worker's heart.
 *
 * @param reason for people
 */
record Verdict(Kind kind, String worker, String reason) {

  /** The kind of a finding. */
  enum Kind {
    /** A ping was not answered in time. */
    MISSED,
    /** The worker counts as hung. */
    TIMEOUT,
    /** The worker answers again. */
    RECOVERED
  }
}
