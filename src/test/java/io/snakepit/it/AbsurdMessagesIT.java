package io.snakepit.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.ErrorCode;
import io.snakepit.api.SnakepitException;
import io.snakepit.testing.RunningSnakepit;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each address of a running host answers whatever is sent to it, at once and in plain words. */
class AbsurdMessagesIT extends AbsurdityTestBase {
  private static final Set<ErrorCode> CLEAR =
      Set.of(
          ErrorCode.INVALID_REQUEST,
          ErrorCode.POOL_NOT_FOUND,
          ErrorCode.TOOL_NOT_FOUND,
          ErrorCode.WORKER_NOT_FOUND,
          ErrorCode.NOT_FOUND);

  /** The time within which an answer is due; that of a message which gets none is far longer. */
  private static final DeliveryOptions SOON = new DeliveryOptions().setSendTimeout(15_000);

  private static String control;

  @BeforeAll
  static void openStream() {
    EventBus bus = running.vertx().eventBus();
    bus.consumer("nobody", message -> {});
    JsonObject stream = new JsonObject().put("tool", "ping").put("replyTo", "nobody");
    control = running.ask("snakepit.stream", stream).getString("control");
  }

  /** The keys of each address, with a value that is right. */
  private static Map<String, JsonObject> addresses() {
    JsonObject call =
        new JsonObject()
            .put("tool", "ping")
            .put("args", new JsonObject())
            .put("pool", "default")
            .put("session", "s")
            .put("timeoutMs", 20_000)
            .put("idempotent", true)
            .put("call", "absurd");
    JsonObject pool = new JsonObject().put("pool", "default");
    JsonObject worker = new JsonObject().put("worker", "default-999");
    JsonObject nothing = new JsonObject();
    Map<String, JsonObject> all = new LinkedHashMap<>();
    all.put("snakepit.execute", call);
    all.put("snakepit.stream", call.copy().put("replyTo", "nobody"));
    all.put("CONTROL", new JsonObject().put("stream", "none").put("credit", 1));
    all.put("snakepit.cancel", new JsonObject().put("call", "none"));
    all.put("snakepit.worker.recycle", worker);
    all.put("snakepit.worker.kill", worker);
    all.put("snakepit.pools", pool);
    all.put("snakepit.workers", pool);
    all.put("snakepit.tools", pool);
    all.put("snakepit.health", nothing);
    all.put("snakepit.pool.default.drain", nothing);
    all.put("snakepit.pool.default.resume", nothing);
    all.put("snakepit.pool.default.roll", nothing);
    all.put("snakepit.pool.default.resize", new JsonObject().put("size", 1));
    return all;
  }

  static Stream<String> everyAddress() {
    return addresses().keySet().stream();
  }

  static Stream<Arguments> everyKey() {
    return addresses().entrySet().stream()
        .flatMap(
            each -> each.getValue().fieldNames().stream().map(k -> Arguments.of(each.getKey(), k)));
  }

  private static JsonArray array(int depth) {
    JsonArray value = new JsonArray();
    for (int i = 0; i < depth; i++) {
      value = new JsonArray().add(value);
    }
    return value;
  }

  private static JsonObject object(int depth) {
    JsonObject value = new JsonObject();
    for (int i = 0; i < depth; i++) {
      value = new JsonObject().put("a", value);
    }
    return value;
  }

  private static List<Object> absurdities() {
    return List.of(
        array(0),
        array(5_000),
        object(5_000),
        Buffer.buffer("\u0000\u0001"),
        new byte[] {1, 2},
        1.5,
        new BigDecimal("1E+1000000"),
        BigInteger.TEN.pow(100_000),
        "x".repeat(FIVE_MB),
        "\ud800 \u0000\u001b[31m",
        Instant.EPOCH,
        new JsonArray(new ArrayList<>(java.util.Collections.nCopies(100_000, 1))));
  }

  @ParameterizedTest
  @MethodSource("everyAddress")
  void aBodyThatIsNoObject(String address) throws Exception {
    for (Object body : absurdities()) {
      if (!(body instanceof JsonObject) && !isOfNoCodec(body)) {
        assertClear(address, body, true);
      }
    }
    assertClear(address, 'c', true);
    assertClear(address, true, true);
    assertClear(address, 5, true);
    assertClear(address, object(5_000), true);
    assertClear(address, new JsonObject().put("x".repeat(FIVE_MB), 1), true);
    assertClear(address, new JsonObject().put("\ud800\n", array(5_000)), true);
    assertClear(address, null, false);
  }

  private static boolean isOfNoCodec(Object body) {
    return body instanceof BigDecimal || body instanceof BigInteger || body instanceof Instant;
  }

  @ParameterizedTest
  @MethodSource("everyKey")
  void aValueOfAnotherType(String address, String key) throws Exception {
    for (Object value : absurdities()) {
      JsonObject body = addresses().get(address).copy();
      assertClear(address, body.put(key, value), isNested(value));
    }
    assertClear(address, addresses().get(address).copy().putNull(key), false);
  }

  private static boolean isNested(Object value) {
    return value instanceof JsonArray;
  }

  /** Sends on a thread whose stack has room for the copies that the event bus makes. */
  private static void assertClear(String address, Object body, boolean refused) throws Exception {
    String to = address.equals("CONTROL") ? control : address;
    FutureTask<Future<?>> send =
        new FutureTask<>(() -> running.vertx().eventBus().request(to, body, SOON));
    new Thread(null, send, "sender", 256L << 20).start();
    Throwable failure = failureOf(send.get(60, TimeUnit.SECONDS));
    if (failure == null) {
      assertThat(refused).as("%s took it", address).isFalse();
      return;
    }
    assertThat(failure).isInstanceOf(SnakepitException.class);
    SnakepitException error = (SnakepitException) failure;
    assertThat(error.code()).as(error.detail()).isIn(CLEAR);
    assertThat(error.toProblem().encode())
        .hasSizeLessThan(1_500)
        .satisfies(PlainWords::assertSaidBy);
    assertThat(error.detail()).doesNotContain("\u001b", "\ud800");
  }

  private static Throwable failureOf(Future<?> answer) {
    try {
      RunningSnakepit.await(answer);
      return null;
    } catch (RunningSnakepit.FailedException e) {
      return e.getCause();
    }
  }
}
