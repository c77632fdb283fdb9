package io.snakepit.pool;

import java.util.concurrent.TimeUnit;

/**
 * What a pool tells people: each text carries the state of the room and, if there is one, the
 * remedy.
 */
final class Explanations {

  private Explanations() {}

  /** How full the pool is, in one short text. */
  static String load(PoolState pool) {
    Crew crew = pool.crew();
    return "size=%d busy=%d starting=%d queued=%d"
        .formatted(pool.limits().size(), crew.busy(), crew.starting(), pool.queued());
  }

  static String notServing(PoolState pool) {
    String name = "pool " + pool.limits().pool();
    return switch (pool.phase()) {
      case STARTING ->
          "%s is starting: %d of %d workers are ready"
              .formatted(name, pool.crew().ready(), pool.limits().size());
      case OPEN -> circuitOpen(pool);
      case FAILED -> name + " could not start: " + pool.lastError();
      default -> name + " is shutting down and takes no more calls";
    };
  }

  static String circuitOpen(PoolState pool) {
    PoolLimits limits = pool.limits();
    return "pool %s: its circuit is open: %d workers crashed within %d ms, the last one: %s; calls are taken again once a worker has stayed up for %d ms"
        .formatted(
            limits.pool(),
            limits.maxCrashes(),
            TimeUnit.NANOSECONDS.toMillis(limits.backoffWindowNanos()),
            pool.lastError(),
            TimeUnit.NANOSECONDS.toMillis(limits.probationNanos()));
  }

  static String saturated(PoolState pool) {
    return "pool %s: every worker is busy and the queue is full (%s); try again later, or raise size or maxQueue"
        .formatted(pool.limits().pool(), load(pool));
  }

  static String queueTimeout(PoolState pool, Ticket ticket) {
    long waited = TimeUnit.NANOSECONDS.toMillis(ticket.wakeAt - ticket.acceptedAt);
    return "pool %s: no worker became free in %d ms (%s)"
        .formatted(pool.limits().pool(), waited, load(pool));
  }

  static String executeTimeout(PoolState pool, Ticket ticket, String worker) {
    long allowed = TimeUnit.NANOSECONDS.toMillis(ticket.deadline - ticket.acceptedAt);
    return "pool %s: %s did not finish tool %s within %d ms"
        .formatted(pool.limits().pool(), worker, ticket.call.tool(), allowed);
  }

  static String killedLate(PoolLimits limits, Ticket ticket) {
    long grace = TimeUnit.NANOSECONDS.toMillis(limits.cancelGraceNanos());
    return "tool %s went on for more than %d ms after the deadline of call %s"
        .formatted(ticket.call.tool(), grace, ticket.id);
  }

  static String crashed(String pool, String worker, String reason) {
    return "pool %s: %s ended while it ran the call: %s".formatted(pool, worker, reason);
  }

  static String drainedAway(String pool) {
    return "pool %s: the host shut down before a worker became free".formatted(pool);
  }

  static String cancelledByDrain(String pool) {
    return "pool %s: the host shut down and the call was not finished within shutdown.drainMs"
        .formatted(pool);
  }
}
