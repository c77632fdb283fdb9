package io.snakepit.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.snakepit.testing.RunningSnakepit;
import io.snakepit.testing.TestAdapters;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryContext;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Large answers over the event bus are read and copied on threads that may take their time, never
 * on the event loop that all calls share; small ones cross no thread.
 */
class LargeBusAnswersIT {
  private static final String ADAPTER =
      """
      from collections.abc import Iterator
      from snakepit import tool

      @tool
      def numbers(n: int) -> list:
          return list(range(n))

      @tool
      def mixed(n: int, fails: bool = False) -> Iterator[dict]:
          for i in range(n):
              yield {"i": i, "of": [7] * (40_000 if i % 3 == 0 else 1)}
          if fails:
              raise ValueError("no more")
      """;

  private static final int LARGE = 40_000;

  @TempDir static Path directory;
  private static RunningSnakepit running;

  /** The names of the threads that have sent replies, and chunks by their number. */
  private final List<String> repliers = new CopyOnWriteArrayList<>();

  private final Map<Integer, String> senders = new ConcurrentHashMap<>();
  private final Handler<DeliveryContext<Object>> recorder = this::record;

  @BeforeAll
  static void start() {
    String module = TestAdapters.write(directory, "large", ADAPTER);
    running = RunningSnakepit.start(directory, module, new JsonObject());
  }

  @AfterAll
  static void stop() {
    running.close();
  }

  @BeforeEach
  void listen() {
    running.vertx().eventBus().addOutboundInterceptor(recorder);
  }

  @AfterEach
  void listenNoMore() {
    running.vertx().eventBus().removeOutboundInterceptor(recorder);
  }

  private void record(DeliveryContext<Object> delivery) {
    if (delivery.body() instanceof JsonObject json) {
      if (json.containsKey("result")) {
        repliers.add(Thread.currentThread().getName());
      } else if (json.getValue("chunk") instanceof JsonObject chunk) {
        senders.put(chunk.getInteger("i"), Thread.currentThread().getName());
      }
    }
    delivery.next();
  }

  private static JsonObject call(String tool, JsonObject args) {
    return new JsonObject().put("tool", tool).put("args", args);
  }

  /** Fails if a large result is read, or copied for its receiver, on an event loop. */
  @Test
  void aLargeResultIsReadOffTheEventLoop() {
    JsonObject answer =
        running.ask("snakepit.execute", call("numbers", new JsonObject().put("n", LARGE)));

    assertThat(answer.getJsonArray("result")).hasSize(LARGE);
    assertThat(answer.getString("worker")).startsWith("default-");
    assertThat(repliers).singleElement().asString().contains("worker-thread");
  }

  @Test
  void soIsOneThatGoesAsItIs() {
    JsonObject body =
        new JsonObject().put("tool", "numbers").put("args", Buffer.buffer("{\"n\":40000}"));

    Buffer result = running.ask("snakepit.execute", body).getBuffer("result");

    assertThat(new JsonArray(result)).hasSize(LARGE);
    assertThat(repliers).singleElement().asString().contains("worker-thread");
  }

  @Test
  void aSmallResultCrossesNoThread() {
    running.ask("snakepit.execute", call("numbers", new JsonObject().put("n", 5)));

    assertThat(repliers).singleElement().asString().contains("eventloop-thread");
  }

  /** Fails if a small chunk, or the end, overtakes a large one, or if credit is lost or doubled. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 1_000})
  void largeChunksAreReadOffTheEventLoopAndKeepTheirPlace(int credit) {
    Consumer consumer = new Consumer("mixed-" + credit, credit);
    consumer.begin(call("mixed", new JsonObject().put("n", 20)));

    await().atMost(Pools.PATIENCE).until(() -> consumer.last != null);
    assertThat(consumer.last.getJsonObject("end").getInteger("chunks")).isEqualTo(20);
    assertThat(consumer.got).isEqualTo(IntStream.range(0, 20).boxed().toList());
    assertThat(senders.get(0)).contains("worker-thread");
    assertThat(senders.get(3)).contains("worker-thread");
    assertThat(senders.get(1)).contains("eventloop-thread");
    assertThat(consumer.unasked).isFalse();
  }

  @Test
  void anErrorComesAfterTheLargeChunkBeforeIt() {
    Consumer consumer = new Consumer("failing", 1_000);
    consumer.begin(call("mixed", new JsonObject().put("n", 1).put("fails", true)));

    await().atMost(Pools.PATIENCE).until(() -> consumer.last != null);
    assertThat(consumer.last.getJsonObject("error").getString("code"))
        .isEqualTo("PYTHON_EXCEPTION");
    assertThat(consumer.got).containsExactly(0);
  }

  /** A consumer that grants so much credit at a time, and more when that is used up. */
  private static final class Consumer {
    final List<Integer> got = new CopyOnWriteArrayList<>();
    volatile JsonObject last;
    volatile boolean unasked;
    private final EventBus bus = running.vertx().eventBus();
    private final String address;
    private final int step;
    private int credit;
    private JsonObject stream;

    Consumer(String address, int step) {
      this.address = address;
      this.step = step;
      bus.<JsonObject>consumer(address, this::take);
    }

    void begin(JsonObject call) {
      stream = running.ask("snakepit.stream", call.put("replyTo", address));
      running.vertx().runOnContext(go -> grant());
    }

    private void grant() {
      synchronized (this) {
        credit += step;
      }
      JsonObject order = new JsonObject().put("stream", stream.getString("stream"));
      bus.send(stream.getString("control"), order.put("credit", step));
    }

    private void take(Message<JsonObject> message) {
      JsonObject chunk = message.body().getJsonObject("chunk");
      if (chunk == null) {
        last = message.body();
        return;
      }
      got.add(chunk.getInteger("i"));
      boolean empty;
      synchronized (this) {
        unasked |= credit == 0;
        credit--;
        empty = credit == 0;
      }
      if (empty) {
        grant();
      }
    }
  }
}
