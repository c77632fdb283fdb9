package io.snakepit.heartbeat;

/**
 * What a look at a worker's heart has found.
 *
 * @param reason for people
 */
record Verdict(Kind kind, String worker, String reason) {

  /** What is the matter with it. */
  enum Kind {
    /** A ping was not answered in time. */
    MISSED,
    /** It counts as hung. */
    TIMEOUT,
    /** It answers again. */
    RECOVERED
  }
}
