package io.snakepit.bus;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.snakepit.api.Event;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.slf4j.LoggerFactory;

@ExtendWith(VertxExtension.class)
@ResourceLock("io.snakepit.events")
class EventPublisherTest {
  private final Logger logger = (Logger) LoggerFactory.getLogger("io.snakepit.events");
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final BlockingQueue<JsonObject> published = new LinkedBlockingQueue<>();
  private Level levelBefore;
  private EventPublisher publisher;

  @BeforeEach
  void listen(Vertx vertx) {
    vertx
        .eventBus()
        .<JsonObject>localConsumer(Addresses.EVENTS, message -> published.add(message.body()));
    publisher = new EventPublisher(vertx.eventBus(), "main");
    levelBefore = logger.getLevel();
    log.start();
    logger.addAppender(log);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(log);
    logger.setLevel(levelBefore);
  }

  @Test
  void tellsWhatHappenedToAWorker() throws InterruptedException {
    publisher.publish(
        Event.WORKER_CRASHED, "main-3", new JsonObject().put("reason", "signal 9").put("pid", 7));
    JsonObject event = next();
    assertThat(Instant.parse(event.getString("at"))).isBefore(Instant.now().plusSeconds(1));
    event.remove("at");
    assertThat(event)
        .isEqualTo(
            new JsonObject()
                .put("event", "worker.crashed")
                .put("pool", "main")
                .put("worker", "main-3")
                .put("reason", "signal 9")
                .put("pid", 7));
    assertLogged(Level.WARN, "pool main main-3: worker.crashed: signal 9 {\"pid\":7}");
  }

  @Test
  void tellsWhatHappenedToThePool() throws InterruptedException {
    publisher.publish(Event.POOL_READY, new JsonObject());
    JsonObject event = next();
    assertThat(event.fieldNames()).containsExactlyInAnyOrder("event", "at", "pool");
    assertLogged(Level.INFO, "pool main: pool.ready");
  }

  @Test
  void whatHappensAllTheTimeIsLoggedForTheCuriousAlone() throws InterruptedException {
    logger.setLevel(Level.INFO);
    publisher.publish(Event.QUEUE_TIMEOUT, new JsonObject());
    assertThat(next().getString("event")).isEqualTo("queue.timeout");
    assertThat(log.list).isEmpty();
    logger.setLevel(Level.DEBUG);
    publisher.publish(Event.QUEUE_TIMEOUT, new JsonObject());
    assertLogged(Level.DEBUG, "pool main: queue.timeout");
  }

  @Test
  void listenersGetCopiesThatNobodyElseChanges() throws InterruptedException {
    JsonObject more = new JsonObject().put("reason", new JsonObject().put("k", 1));
    publisher.publish(Event.WORKER_STOPPED, "main-1", more);
    JsonObject event = next();
    more.getJsonObject("reason").put("k", 2);
    assertThat(event.getJsonObject("reason").getInteger("k")).isEqualTo(1);
  }

  private void assertLogged(Level level, String message) {
    assertThat(log.list)
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.getLevel()).isEqualTo(level);
              assertThat(event.getFormattedMessage()).isEqualTo(message);
            });
  }

  private JsonObject next() throws InterruptedException {
    JsonObject event = published.poll(20, TimeUnit.SECONDS);
    assertThat(event).as("an event within 20 s").isNotNull();
    return event;
  }
}
