package io.snakepit.testing;

import io.snakepit.api.Event;
import io.snakepit.bus.Addresses;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A record of the events that are published at {@link Addresses#EVENTS}. */
public final class RecordedEvents {
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  private final List<JsonObject> events = new CopyOnWriteArrayList<>();

  public RecordedEvents(Vertx vertx) {
    vertx.eventBus().<JsonObject>consumer(Addresses.EVENTS, message -> events.add(message.body()));
  }

  /** Returns the events of that kind so far. */
  public List<JsonObject> of(Event event) {
    return events.stream().filter(each -> each.getString("event").equals(event.id())).toList();
  }

  /** Returns the names of all events, in order. */
  public List<String> names() {
    return events.stream().map(each -> each.getString("event")).toList();
  }

  /** Waits until there are so many of that kind, and answers the last of them. */
  public JsonObject await(Event event, int count) {
    await().atMost(DEADLINE).until(() -> of(event).size() >= count);
    return of(event).get(count - 1);
  }

  /** Waits for the first of that kind. */
  public JsonObject await(Event event) {
    return await(event, 1);
  }

  private static org.awaitility.core.ConditionFactory await() {
    return org.awaitility.Awaitility.await().pollInterval(Duration.ofMillis(10));
  }
}
