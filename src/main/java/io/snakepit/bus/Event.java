package io.snakepit.bus;

/** Everything that is published at {@link Addresses#EVENTS}; {@link #id()} is its name there. */
public enum Event {
  POOL_READY("pool.ready"),
  POOL_FAILED("pool.failed"),
  /** Refuses calls since its queue is full; published once until the queue has room again. */
  POOL_SATURATED("pool.saturated"),
  /** Forking is unsafe with what the adapter imports, so each worker starts afresh. */
  POOL_SPAWN_FALLBACK("pool.spawn_fallback"),
  WORKER_STARTING("worker.starting"),
  WORKER_READY("worker.ready"),
  WORKER_STOPPING("worker.stopping"),
  WORKER_STOPPED("worker.stopped"),
  WORKER_CRASHED("worker.crashed"),
  /** Ended by us, since it did not come back from a call in time. */
  WORKER_KILLED("worker.killed"),
  CALL_TIMEOUT("call.timeout"),
  QUEUE_TIMEOUT("queue.timeout");

  private final String id;

  Event(String id) {
    this.id = id;
  }

  public String id() {
    return id;
  }
}
