package io.snakepit.pool;

import io.snakepit.api.PoolInfo.Percentiles;
import io.snakepit.pool.machine.Ticket;
import io.snakepit.telemetry.LatencyWindow;

/** Durations of calls: in all, until they reach a worker, and there. On the pool's event loop. */
final class CallTimes {
  private final Span latency;
  private final Span queue;
  private final Span run;

  /** Durations of one kind. */
  record Span(LatencyWindow window) {
    Percentiles percentiles(long now) {
      return new Percentiles(window.percentileMs(50, now), window.percentileMs(99, now));
    }
  }

  CallTimes(long now) {
    latency = new Span(new LatencyWindow(now));
    queue = new Span(new LatencyWindow(now));
    run = new Span(new LatencyWindow(now));
  }

  /** A call that has reached a worker is answered. */
  void answered(Ticket ticket, long now) {
    latency.window.record(now - ticket.acceptedAt, now);
    queue.window.record(ticket.dispatchedAt() - ticket.acceptedAt, now);
    run.window.record(now - ticket.dispatchedAt(), now);
  }

  Span latency() {
    return latency;
  }

  Span queue() {
    return queue;
  }

  Span run() {
    return run;
  }
}
