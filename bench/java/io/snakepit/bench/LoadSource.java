package io.snakepit.bench;

import java.time.Duration;

/** Makes calls, one way or another. */
@FunctionalInterface
interface LoadSource {
  /** Keeps that many calls in flight for that long. Blocks; fails if a call fails. */
  Sample run(int inFlight, Duration time);
}
