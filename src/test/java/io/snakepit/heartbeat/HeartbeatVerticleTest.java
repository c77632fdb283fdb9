package io.snakepit.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.bus.Addresses;
import io.snakepit.bus.Codecs;
import io.snakepit.bus.PoolClient;
import io.snakepit.bus.Pulses;
import io.snakepit.config.PoolOptions;
import io.snakepit.testing.ManualTimers;
import io.snakepit.testing.OnLoop;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests of the verticle against a pool that answers when it is told to. */
class HeartbeatVerticleTest {
  private static final PoolOptions.Heartbeat OPTIONS =
      new PoolOptions.Heartbeat(true, 2_000, 10_000, 3, 30_000, true);

  private final Vertx vertx = Vertx.vertx();
  private final Context loop = vertx.getOrCreateContext();
  private final ManualTimers timers = new ManualTimers(vertx);
  private final BlockingQueue<Message<Boolean>> beats = new LinkedBlockingQueue<>();
  private final HeartbeatVerticle verticle =
      new HeartbeatVerticle(Map.of("main", OPTIONS), new PoolClient(vertx.eventBus(), () -> false));

  @BeforeEach
  void start() {
    Codecs.register(vertx.eventBus());
    vertx.eventBus().<Boolean>localConsumer(Addresses.beat("main"), beats::add);
    verticle.init(timers.vertx(), loop);
    OnLoop.run(loop, verticle::start);
  }

  @AfterEach
  void close() {
    vertx.close().await();
  }

  /** Answers the beat that is under way, and lets the verticle hear it. */
  private void answer() throws InterruptedException {
    Message<Boolean> beat = beats.poll(20, TimeUnit.SECONDS);
    assertThat(beat).as("a question to the pool").isNotNull();
    OnLoop.run(loop, () -> beat.reply(new Pulses(List.of())));
    OnLoop.run(loop, () -> {});
  }

  @Test
  void looksAgainOnceItIsAnswered() throws Exception {
    assertThat(timers.delays()).isEmpty();
    answer();
    assertThat(timers.delays()).hasSize(1).allMatch(delay -> delay > 0 && delay <= 2_000);
    OnLoop.run(loop, timers::fire);
    answer();
    assertThat(timers.delays()).hasSize(1);
  }

  /** Fails if a watch that has ended goes on for ever by an answer that was under way then. */
  @Test
  void anAnswerThatComesAfterItsEndBeginsNoOtherLook() throws Exception {
    OnLoop.run(loop, verticle::stop);
    answer();
    assertThat(timers.delays()).isEmpty();
  }

  @Test
  void itsEndCancelsTheNextLook() throws Exception {
    answer();
    OnLoop.run(loop, verticle::stop);
    assertThat(timers.delays()).isEmpty();
  }
}
