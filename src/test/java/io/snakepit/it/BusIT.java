package io.snakepit.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.SnakepitException;
import io.snakepit.testing.RunningSnakepit;
import io.snakepit.testing.TestAdapters;
import io.snakepit.testing.TestPython;
import io.vertx.core.Future;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages to the addresses that anyone can send to are each answered, as in HTTP. */
class BusIT {
  @TempDir static Path directory;
  private static RunningSnakepit running;

  @BeforeAll
  static void start() {
    String module = TestAdapters.write(directory, "pressure", TestAdapters.PRESSURE);
    running = RunningSnakepit.start(directory, module, new JsonObject());
  }

  @AfterAll
  static void stop() {
    running.close();
  }

  private static String refusal(String address, @Nullable Object body) {
    SnakepitException refusal = Pools.failureOf(running.vertx().eventBus().request(address, body));
    assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
    return refusal.detail();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "snakepit.execute",
        "snakepit.cancel",
        "snakepit.worker.recycle",
        "snakepit.worker.kill",
        "snakepit.pools",
        "snakepit.workers",
        "snakepit.tools",
        "snakepit.pool.default.drain",
        "snakepit.pool.default.resume",
        "snakepit.pool.default.resize",
        "snakepit.pool.default.roll",
      })
  void refusesWhatIsNoObjectAndKeysThatAreNotKnown(String address) {
    assertThat(refusal(address, "text")).isEqualTo("the body must be a JSON object: got \"text\"");
    assertThat(refusal(address, new JsonArray())).contains("got an array");
    assertThat(refusal(address, new JsonObject().put("colour", "red")))
        .startsWith("unknown key \"colour\": ");
  }

  @ParameterizedTest
  @CsvSource({
    "snakepit.execute, tool must",
    "snakepit.cancel, call must",
    "snakepit.worker.recycle, worker must",
    "snakepit.worker.kill, worker must",
    "snakepit.pool.default.resize, size must",
  })
  void aMessageWithoutABodyLacksWhatIsNeeded(String address, String fault) {
    assertThat(refusal(address, null)).startsWith(fault);
    assertThat(refusal(address, new JsonObject())).startsWith(fault);
  }

  @ParameterizedTest
  @ValueSource(strings = {"snakepit.pools", "snakepit.workers", "snakepit.tools"})
  void aPoolIsNamedByAText(String address) {
    assertThat(refusal(address, new JsonObject().put("pool", 5))).startsWith("pool must be a text");
    assertThat(
            RunningSnakepit.await(running.vertx().eventBus().<JsonArray>request(address, null))
                .body())
        .isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"2.5", "\"2\"", "true", "[2]", "99999999999", "{\"min\":3,\"max\":2}"})
  void aSizeIsANumberOrBounds(String size) {
    JsonObject body = new JsonObject("{\"size\":" + size + "}");
    assertThat(refusal("snakepit.pool.default.resize", body))
        .startsWith("size must be between 1 and 1000, or {min, max, idleMs}")
        .endsWith("got " + size);
  }

  @Test
  void anOrderThatSaysNothingNeedsNoBody() {
    JsonObject drained = ask("snakepit.pool.default.drain");
    assertThat(drained.getString("state")).isEqualTo("drained");
    assertThat(ask("snakepit.pool.default.resume").getString("state")).isEqualTo("ready");
  }

  /** Pools stop side by side: one is gone while another finishes its calls. */
  @Test
  void aPoolThatHasStoppedHidesNoOther() throws Exception {
    JsonObject pool =
        new JsonObject()
            .put("adapter", TestAdapters.write(directory, "pressure", TestAdapters.PRESSURE))
            .put("python", TestPython.executable().toString())
            .put("pythonPath", new JsonArray().add(directory.toString()))
            .put("size", 1);
    JsonObject pools = new JsonObject().put("default", pool).put("idle", pool.copy());
    Path sign = directory.resolve("end");
    try (RunningSnakepit two =
        RunningSnakepit.start(directory.resolve("two"), new JsonObject().put("pools", pools))) {
      two.snakepit().execute(Call.of("nap_until").with("path", sign.toString()));
      Pools.awaitRunning(two, 1);
      Future<Void> stopped = two.snakepit().stop();
      EventBus bus = two.vertx().eventBus();
      JsonObject idle = new JsonObject().put("pool", "idle");
      Awaitility.await()
          .atMost(Pools.PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(Pools.failureOf(bus.request("snakepit.pools", idle)).code())
                      .isEqualTo(ErrorCode.SHUTTING_DOWN));
      JsonArray left = two.askAll("snakepit.pools", new JsonObject());
      assertThat(left).hasSize(1);
      assertThat(left.getJsonObject(0).getString("state")).isEqualTo("draining");
      assertThat(two.askAll("snakepit.workers", new JsonObject())).hasSize(1);
      Files.createFile(sign);
      RunningSnakepit.await(stopped);
    }
  }

  private static JsonObject ask(String address) {
    return RunningSnakepit.await(running.vertx().eventBus().<JsonObject>request(address, null))
        .body();
  }
}
