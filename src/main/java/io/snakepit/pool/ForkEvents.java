package io.snakepit.pool;

import io.snakepit.api.Event;
import io.snakepit.bus.EventPublisher;
import io.snakepit.worker.NurseryListener;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** Publishes what is found out of forking a pool's workers. */
final class ForkEvents implements NurseryListener {
  private final EventPublisher events;
  private final Runnable whenSpawned;

  /**
   * @param whenSpawned told when workers are fresh interpreters from now on
   */
  ForkEvents(EventPublisher events, Runnable whenSpawned) {
    this.events = events;
    this.whenSpawned = whenSpawned;
  }

  @Override
  public void spawnFallback(List<String> reasons) {
    whenSpawned.run();
    events.publish(Event.POOL_SPAWN_FALLBACK, told("reasons", reasons));
  }

  @Override
  public void forkNotice(List<String> notices) {
    events.publish(Event.POOL_FORK_NOTICE, told("notices", notices));
  }

  /** Returns members of an event: all in one text for people, and one by one for programs. */
  private static JsonObject told(String key, List<String> texts) {
    return new JsonObject().put("reason", String.join("; ", texts)).put(key, new JsonArray(texts));
  }
}
