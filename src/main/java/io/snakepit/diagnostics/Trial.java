package io.snakepit.diagnostics;

import java.time.Duration;
import java.util.List;

/** A pool that was started only to be measured. For threads that may block. */
public interface Trial extends AutoCloseable {

  /** Returns the time from the order to start until every worker was ready. */
  Duration startTime();

  /** Returns the workers' pids. */
  List<Long> workers();

  /**
   * Keeps every worker computing for a while.
   *
   * @return calls per second of all together; NaN if its adapter has no tool to measure by
   */
  double callsPerSecond();

  /** Ends the pool; nothing is left. */
  @Override
  void close();

  /** Starter of trial pools. */
  interface Starter {
    Trial start(int workers);
  }
}
