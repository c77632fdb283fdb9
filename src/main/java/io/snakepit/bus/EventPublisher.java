package io.snakepit.bus;

import io.snakepit.api.Event;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Publisher of a pool's events on the bus and in the log. Any thread may call it. */
public final class EventPublisher {
  private static final Logger LOG = LoggerFactory.getLogger("io.snakepit.events");

  private final EventBus bus;
  private final String pool;

  public EventPublisher(EventBus bus, String pool) {
    this.bus = bus;
    this.pool = pool;
  }

  /** Publishes an event of the pool as a whole. */
  public void publish(Event event, JsonObject more) {
    publish(event, "", more);
  }

  /**
   * Publishes an event.
   *
   * @param worker empty where none is concerned
   * @param more further members, such as {@code reason}
   */
  public void publish(Event event, String worker, JsonObject more) {
    JsonObject json = new JsonObject().put("event", event.id()).put("at", Instant.now().toString());
    json.put("pool", pool);
    if (!worker.isEmpty()) {
      json.put("worker", worker);
    }
    json.mergeIn(more);
    log(event, worker, more);
    bus.publish(Addresses.EVENTS, json);
  }

  private void log(Event event, String worker, JsonObject more) {
    Level level = level(event);
    if (LOG.isEnabledForLevel(level)) {
      String whose = worker.isEmpty() ? "" : " " + worker;
      LOG.atLevel(level).log("pool {}{}: {}{}", pool, whose, event.id(), told(more));
    }
  }

  private static Level level(Event event) {
    return switch (event) {
      case POOL_DEGRADED,
          POOL_CIRCUIT_OPEN,
          HEARTBEAT_MISSED,
          HEARTBEAT_TIMEOUT,
          POOL_FAILED,
          WORKER_CRASHED,
          WORKER_KILLED,
          POOL_SPAWN_FALLBACK,
          POOL_FORK_NOTICE,
          POOL_SATURATED,
          REGISTRY_ORPHAN_FOUND,
          REGISTRY_ORPHAN_KILLED ->
          Level.WARN;
      case POOL_READY, POOL_CIRCUIT_CLOSED, HEARTBEAT_RECOVERED -> Level.INFO;
      default -> Level.DEBUG;
    };
  }

  /**
   * Returns what the log tells: the reason alone as it is, with its lines; the rest as JSON, but
   * for lists, whose parts the reason has already.
   */
  private static String told(JsonObject more) {
    JsonObject rest = more.copy();
    Object reason = rest.remove("reason");
    rest.remove("reasons");
    rest.remove("notices");
    return (reason == null ? "" : ": " + reason) + (rest.isEmpty() ? "" : " " + rest);
  }
}
