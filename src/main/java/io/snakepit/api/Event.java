package io.snakepit.api;

/** An event, as published at {@code snakepit.events}; {@link #id()} is its name there. */
public enum Event {
  POOL_READY("pool.ready"),
  POOL_FAILED("pool.failed"),
  /**
   * The pool serves, but workers are missing, or too many calls are lost; {@code pool.ready} ends
   * it.
   */
  POOL_DEGRADED("pool.degraded"),
  /** Too many workers have crashed: calls are refused until one stays up. */
  POOL_CIRCUIT_OPEN("pool.circuit.open"),
  POOL_CIRCUIT_CLOSED("pool.circuit.closed"),
  /**
   * The pool refuses calls since its queue is full; published once until the queue has room again.
   */
  POOL_SATURATED("pool.saturated"),
  /** Forking is unsafe with what the adapter imports, so each worker starts afresh. */
  POOL_SPAWN_FALLBACK("pool.spawn_fallback"),
  /** Workers are forked, and share or lack something that the adapter's import has made. */
  POOL_FORK_NOTICE("pool.fork_notice"),
  WORKER_STARTING("worker.starting"),
  WORKER_READY("worker.ready"),
  WORKER_STOPPING("worker.stopping"),
  WORKER_STOPPED("worker.stopped"),
  WORKER_CRASHED("worker.crashed"),
  /**
   * The host has ended a worker: a call went on for too long, it missed its heartbeats, or somebody
   * wanted it.
   */
  WORKER_KILLED("worker.killed"),
  /** A worker has not answered a ping within {@code heartbeat.intervalMs}. */
  HEARTBEAT_MISSED("heartbeat.missed"),
  /** A worker counts as hung. */
  HEARTBEAT_TIMEOUT("heartbeat.timeout"),
  /** A worker that missed heartbeats answers again. */
  HEARTBEAT_RECOVERED("heartbeat.recovered"),
  /** A worker was replaced by a fresh one, as its limits, a roll or somebody wanted. */
  WORKER_RECYCLED("worker.recycled"),
  CALL_TIMEOUT("call.timeout"),
  CALL_CANCELLED("call.cancelled"),
  QUEUE_TIMEOUT("queue.timeout"),
  /** A session whose worker has ended is bound to another. */
  SESSION_REHOMED("session.rehomed"),
  /** A process that an earlier run of this instance has left was found at the start. */
  REGISTRY_ORPHAN_FOUND("registry.orphan.found"),
  /** A process that an earlier run has left is gone now. */
  REGISTRY_ORPHAN_KILLED("registry.orphan.killed");

  private final String id;

  Event(String id) {
    this.id = id;
  }

  public String id() {
    return id;
  }
}
