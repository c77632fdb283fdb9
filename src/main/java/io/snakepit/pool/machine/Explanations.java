package io.snakepit.pool.machine;

import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The texts by which a pool explains itself to people. Each carries the state of the pool and, if
 * there is one, the remedy.
 */
final class Explanations {

  /** Longer lists help nobody. */
  private static final int MOST_NAMED = 5;

  private Explanations() {}

  static String notServing(PoolLimits limits, PoolLifecycle lifecycle, Crew crew) {
    String name = "pool " + limits.pool();
    if (lifecycle.isPaused() && lifecycle.isServing()) {
      return name + " is drained and takes no calls until it is resumed";
    }
    return lifecycle.phase() == PoolPhase.OPEN
        ? circuitOpen(limits, lifecycle.lastError())
        : name + " " + whyNotServing(lifecycle, crew);
  }

  /** Returns what a pool does instead, for a sentence that begins with its name. */
  static String whyNotServing(PoolLifecycle lifecycle, Crew crew) {
    return switch (lifecycle.phase()) {
      case STARTING ->
          "is starting: %d of %d workers are ready".formatted(crew.ready(), crew.target());
      case FAILED -> "could not start: " + lifecycle.lastError();
      default -> "is shutting down and takes no more calls";
    };
  }

  static String circuitOpen(PoolLimits limits, @Nullable String lastError) {
    return "pool %s: its circuit is open: %d workers crashed within %d ms, the last one: %s; calls are taken again once a worker has stayed up for %d ms"
        .formatted(
            limits.pool(),
            limits.restart().maxCrashes(),
            TimeUnit.NANOSECONDS.toMillis(limits.restart().windowNanos()),
            lastError,
            TimeUnit.NANOSECONDS.toMillis(limits.restart().probationNanos()));
  }

  static String saturated(String pool, String load) {
    return "pool %s: every worker is busy and the queue is full (%s); try again later, or raise size or maxQueue"
        .formatted(pool, load);
  }

  static String tooManyBytes(String pool, String why) {
    return "pool %s: %s; try again later, send it as an upload, or raise the limit or the heap"
        .formatted(pool, why);
  }

  static String queueTimeout(String pool, Ticket ticket, Load load) {
    long waited = TimeUnit.NANOSECONDS.toMillis(ticket.wakeAt - ticket.acceptedAt);
    return "pool %s: no worker became free in %d ms (%s)".formatted(pool, waited, load);
  }

  static String executeTimeout(String pool, Ticket ticket, String worker) {
    long allowed = TimeUnit.NANOSECONDS.toMillis(ticket.deadline - ticket.acceptedAt);
    return "pool %s: %s did not finish tool %s within %d ms"
        .formatted(pool, worker, ticket.call.tool(), allowed);
  }

  static String idle(PoolLimits limits, Ticket ticket, String worker) {
    return "pool %s: nothing of the stream of tool %s in %s has moved for %d ms (stream.idleTimeoutMs)"
        .formatted(
            limits.pool(),
            ticket.call.tool(),
            worker,
            TimeUnit.NANOSECONDS.toMillis(limits.stream().idleNanos()));
  }

  static String strayMessage(String what, long sequence) {
    return "%s for call number %d, to which it does not belong".formatted(what, sequence);
  }

  static String unwantedChunk(Ticket ticket) {
    return "a chunk of call %s, whose answer is to be whole".formatted(ticket.id);
  }

  static String creditForNothing(Ticket ticket, long bytes) {
    return "credit of %d bytes, more than call %s has got".formatted(bytes, ticket.id);
  }

  static String saidTwice(Ticket ticket) {
    return "Blocked twice in a row for call %s".formatted(ticket.id);
  }

  static String noCredit(Ticket ticket) {
    return "a chunk of call %s beyond its credit".formatted(ticket.id);
  }

  static String killedLate(PoolLimits limits, String tools) {
    long grace = TimeUnit.NANOSECONDS.toMillis(limits.calls().cancelGraceNanos());
    return "went on for more than %d ms after the deadline, or the cancel, of %s"
        .formatted(grace, tools);
  }

  static String killedStanding(PoolLimits limits, String tools) {
    long grace = TimeUnit.NANOSECONDS.toMillis(limits.calls().cancelGraceNanos());
    return "its event loop stood still for more than %d ms after the deadline, or the cancel, of %s, so that no other call could go on"
        .formatted(grace, tools);
  }

  /** Names the calls in a worker that do not stop. */
  static String stuckIn(WorkerSlot slot) {
    return slot.inOrder().stream()
        .filter(ticket -> ticket.stuck)
        .limit(MOST_NAMED)
        .map(ticket -> "tool %s, call %s".formatted(ticket.call.tool(), ticket.id))
        .collect(Collectors.joining("; "));
  }

  static String cancelled(String pool) {
    return "pool %s: the call was cancelled".formatted(pool);
  }

  static String workerBusy(String pool, String worker, String session) {
    return "pool %s: session %s is bound to %s, which is busy (affinity: strict_fail_fast)"
        .formatted(pool, session, worker);
  }

  static String sessionLost(String pool, String session) {
    return "pool %s: the worker that session %s was bound to has ended, and with it what it held; the session's next call is bound anew"
        .formatted(pool, session);
  }

  static String tooManySessions(PoolLimits limits) {
    return "pool %s: %d sessions are bound to workers already; raise sessions.max"
        .formatted(limits.pool(), limits.sessions().max());
  }

  static String forksFail(int hung, int died, String last) {
    return "of the forked workers %d hung, %d died and none has ever answered a call, so each worker is a fresh interpreter from now on; the last one: %s; load in start() what hangs, or set startMethod: spawn"
        .formatted(hung, died, last);
  }

  static String forksAreReplaced() {
    return "forked workers hang, and fresh interpreters take their places";
  }

  static String rollFailed(@Nullable String fault) {
    return "the roll was given up, the former workers go on: " + fault;
  }

  static String crashed(String pool, String worker, String reason) {
    return "pool %s: %s ended while it ran the call: %s".formatted(pool, worker, reason);
  }

  static String diedOfItsBody(String pool, String worker, String reason) {
    return "pool %s: two workers ended before they had read the call, %s last: %s; its body is taken for the cause, so it goes to no third: send less at a time, or raise limits.memoryBytes"
        .formatted(pool, worker, reason);
  }

  static String neverRead(String pool) {
    return "pool %s: the worker ended before it had read the call, which never ran".formatted(pool);
  }

  static String drainedAway(String pool) {
    return "pool %s: the host shut down before a worker became free".formatted(pool);
  }

  static String cancelledByDrain(String pool) {
    return "pool %s: the host shut down and the call was not finished within shutdown.drainMs"
        .formatted(pool);
  }
}
