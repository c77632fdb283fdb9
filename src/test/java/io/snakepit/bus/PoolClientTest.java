package io.snakepit.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.Result;
import io.snakepit.api.SnakepitException;
import io.snakepit.testing.RunningSnakepit;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PoolClientTest {
  private static final JsonObject POOL = new JsonObject().put("pool", "ml");

  private final Vertx vertx = Vertx.vertx();
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final PoolClient pools = new PoolClient(vertx.eventBus(), stopping::get);
  private final BlockingQueue<Object> asked = new LinkedBlockingQueue<>();

  @BeforeEach
  void register() {
    Codecs.register(vertx.eventBus());
  }

  @AfterEach
  void close() {
    RunningSnakepit.await(vertx.close());
  }

  private void answer(String address, Object reply) {
    vertx
        .eventBus()
        .localConsumer(
            address,
            message -> {
              asked.add(message.body());
              message.reply(reply);
            });
  }

  private static Throwable failure(Future<?> future) {
    try {
      RunningSnakepit.await(future);
    } catch (RunningSnakepit.FailedException e) {
      return e.getCause();
    }
    throw new AssertionError("should have failed");
  }

  private static ErrorCode code(Future<?> future) {
    return ((SnakepitException) failure(future)).code();
  }

  @Test
  void asksThePoolItself() {
    answer(Addresses.inspect("ml"), POOL);
    assertThat(RunningSnakepit.await(pools.<JsonObject>inspect("ml", Question.POOL)))
        .isEqualTo(POOL);
    assertThat(asked).containsExactly("POOL");
  }

  @Test
  void aCallGoesToThePoolItself() {
    Result result = new Result("c-1", Call.JSON, Buffer.buffer("3"), "ml-1", Duration.ZERO);
    answer(Addresses.executeOn("ml"), result);
    Call call = Call.of("add");
    assertThat(RunningSnakepit.await(pools.execute("ml", call, 0))).isSameAs(result);
    assertThat(asked).containsExactly(call);
  }

  @Test
  void aCallOfAPoolThatIsBeingReplacedSaysSo() {
    assertThat(code(pools.execute("ml", Call.of("add"), 1_000)))
        .isEqualTo(ErrorCode.POOL_UNAVAILABLE);
  }

  @Test
  void asksForPulsesAndReportsWhatHangs() throws Exception {
    Pulses pulses = new Pulses(List.of());
    answer(Addresses.beat("ml"), pulses);
    assertThat(RunningSnakepit.await(pools.beat("ml", true, 10_000))).isSameAs(pulses);
    answer(Addresses.hung("ml"), true);
    pools.reportHung("ml", "ml-1", "no answer");
    assertThat(asked.poll(20, TimeUnit.SECONDS)).isEqualTo(true);
    assertThat(asked.poll(20, TimeUnit.SECONDS))
        .isEqualTo(new JsonObject().put("worker", "ml-1").put("reason", "no answer"));
  }

  @Test
  void asksTheHostForTheWorkersOfOnePool() {
    answer(Addresses.WORKERS, new JsonArray());
    RunningSnakepit.await(pools.workers("ml"));
    assertThat(asked).containsExactly(POOL);
  }

  @Test
  void givesThePoolItsOrders() {
    answer(Addresses.drain("ml"), POOL);
    answer(Addresses.resume("ml"), POOL);
    answer(Addresses.roll("ml"), POOL);
    answer(Addresses.resize("ml"), POOL);
    JsonObject size = new JsonObject().put("size", 3);
    for (Future<JsonObject> order :
        List.of(
            pools.drain("ml"), pools.resume("ml"), pools.roll("ml"), pools.resize("ml", size))) {
      assertThat(RunningSnakepit.await(order)).isEqualTo(POOL);
    }
    assertThat(asked).contains(size).hasSize(4);
  }

  @Test
  void ordersAboutAWorkerNameIt() {
    answer(Addresses.orderOn("ml"), true);
    RunningSnakepit.await(pools.recycle("ml", "ml-1"));
    RunningSnakepit.await(pools.kill("ml", "ml-2"));
    assertThat(asked)
        .containsExactly(
            new JsonObject().put("worker", "ml-1").put("order", "recycle"),
            new JsonObject().put("worker", "ml-2").put("order", "kill"));
  }

  @Test
  void aWorkerThatIsNoMoreIsNotFound() {
    answer(Addresses.orderOn("ml"), false);
    Throwable failure = failure(pools.kill("ml", "ml-9"));
    assertThat(((SnakepitException) failure).code()).isEqualTo(ErrorCode.WORKER_NOT_FOUND);
    assertThat(failure).hasMessageContaining("there is no worker ml-9; it may have ended");
  }

  @Test
  void aPoolThatIsNotThereIsBeingReplacedOrHasStopped() {
    assertThat(code(pools.drain("ml"))).isEqualTo(ErrorCode.POOL_UNAVAILABLE);
    stopping.set(true);
    assertThat(code(pools.drain("ml"))).isEqualTo(ErrorCode.SHUTTING_DOWN);
  }

  @Test
  void whatAPoolRefusesStaysAsItIs() {
    answer(
        Addresses.resize("ml"), new SnakepitException(ErrorCode.INVALID_REQUEST, "size must be"));
    assertThat(code(pools.resize("ml", new JsonObject()))).isEqualTo(ErrorCode.INVALID_REQUEST);
  }

  @Test
  void aCallThatNobodyKnowsIsNotCancelled() {
    assertThat(RunningSnakepit.await(pools.cancel("ml", "c-1"))).isFalse();
    answer(Addresses.cancelOn("ml"), true);
    assertThat(RunningSnakepit.await(pools.cancel("ml", "c-1"))).isTrue();
    assertThat(asked).containsExactly("c-1");
  }

  @Test
  void asksTheHostAboutAllPools() {
    JsonArray all = new JsonArray().add(POOL);
    answer(Addresses.POOLS, all);
    answer(Addresses.WORKERS, all);
    answer(Addresses.TOOLS, all);
    assertThat(RunningSnakepit.await(pools.pools())).isEqualTo(all);
    assertThat(RunningSnakepit.await(pools.workers())).isEqualTo(all);
    assertThat(RunningSnakepit.await(pools.tools())).isEqualTo(all);
    assertThat(asked).containsOnly(new JsonObject());
  }

  @Test
  void asksTheHostForWhatIsNamed() {
    answer(Addresses.POOLS, POOL);
    answer(Addresses.RECYCLE, POOL);
    answer(Addresses.KILL, POOL);
    answer(Addresses.HEALTH, POOL);
    RunningSnakepit.await(pools.pool("ml"));
    RunningSnakepit.await(pools.recycle("ml-1"));
    RunningSnakepit.await(pools.kill("ml-2"));
    RunningSnakepit.await(pools.health());
    assertThat(asked)
        .containsExactly(
            POOL,
            new JsonObject().put("worker", "ml-1"),
            new JsonObject().put("worker", "ml-2"),
            new JsonObject());
  }

  @Test
  void aHostThatIsNotThereIsToldFromOneThatRefuses() {
    assertThat(failure(pools.pools()))
        .isInstanceOf(ReplyException.class)
        .isNotInstanceOf(SnakepitException.class);
  }
}
