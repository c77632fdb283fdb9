package io.snakepit.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.ErrorCode;
import io.snakepit.api.SnakepitException;
import io.snakepit.bus.Addresses;
import io.snakepit.bus.Codecs;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

class InspectionTest extends DoorTestBase {
  private static final JsonObject MAIN = new JsonObject().put("pool", "main").put("size", 2);
  private static final JsonObject WORKER = new JsonObject().put("worker", "main-1").put("pid", 7);

  private void consume(String address, Object reply) {
    vertx.eventBus().<JsonObject>localConsumer(address, message -> message.reply(reply));
  }

  @Test
  void listsPools() throws Exception {
    consume(Addresses.POOLS, new JsonArray().add(MAIN));
    Probe.Answer answer = probe.ask("GET", "/v1/pools");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Content-Type")).isEqualTo("application/json");
    assertThat(answer.array()).isEqualTo(new JsonArray().add(MAIN));
  }

  @Test
  void showsThePoolThatIsNamed() throws Exception {
    vertx.eventBus().localConsumer(Addresses.POOLS, InspectionTest::answerMain);
    assertThat(probe.ask("GET", "/v1/pools/main").json()).isEqualTo(MAIN);
  }

  private static void answerMain(Message<JsonObject> message) {
    if ("main".equals(message.body().getString("pool"))) {
      message.reply(MAIN);
    } else {
      message.reply(
          new SnakepitException(ErrorCode.POOL_NOT_FOUND, "no such pool")
              .forCall(null, message.body().getString("pool"), null));
    }
  }

  @Test
  void answersThatPoolIsUnknown() throws Exception {
    Codecs.register(vertx.eventBus());
    vertx.eventBus().localConsumer(Addresses.POOLS, InspectionTest::answerMain);
    Probe.Answer answer = probe.ask("GET", "/v1/pools/other");
    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.json().getString("code")).isEqualTo("POOL_NOT_FOUND");
    assertThat(answer.json().getString("pool")).isEqualTo("other");
    assertThat(answer.json().getString("call")).isNotEmpty();
  }

  @Test
  void listsWorkersAndShowsOne() throws Exception {
    consume(
        Addresses.WORKERS, new JsonArray().add(new JsonObject().put("worker", "x")).add(WORKER));
    assertThat(probe.ask("GET", "/v1/workers").array()).hasSize(2);
    assertThat(probe.ask("GET", "/v1/workers/main-1").json()).isEqualTo(WORKER);

    Probe.Answer gone = probe.ask("GET", "/v1/workers/main-9");
    assertThat(gone.status()).isEqualTo(404);
    assertThat(gone.json().getString("code")).isEqualTo("WORKER_NOT_FOUND");
    assertThat(gone.json().getString("detail")).contains("main-9");
  }

  @Test
  void listsTools() throws Exception {
    consume(Addresses.TOOLS, new JsonArray().add(new JsonObject().put("name", "add")));
    assertThat(probe.ask("GET", "/v1/tools").array().getJsonObject(0).getString("name"))
        .isEqualTo("add");
  }

  @Test
  void answersUnavailableWhileNobodyCanTell() throws Exception {
    Probe.Answer answer = probe.ask("GET", "/v1/pools");
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.json().getString("code")).isEqualTo("POOL_UNAVAILABLE");
    assertThat(answer.header("Retry-After")).isEqualTo("1");
  }

  @Test
  void answersInternalIfTheBusFailsInAnotherWay() throws Exception {
    vertx.eventBus().localConsumer(Addresses.TOOLS, message -> message.fail(3, "secret"));
    Probe.Answer answer = probe.ask("GET", "/v1/tools");
    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.json().getString("code")).isEqualTo("INTERNAL");
    assertThat(answer.text()).doesNotContain("secret");
  }

  @Test
  void isAliveWithoutAnyoneBehindIt() throws Exception {
    Probe.Answer answer = probe.ask("GET", "/health/live");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().getString("status")).isEqualTo("UP");
  }

  @Test
  void isReadyWithAllItsChecks() throws Exception {
    JsonObject up =
        new JsonObject()
            .put("status", "UP")
            .put("checks", new JsonArray().add(check("main", "UP")));
    consume(Addresses.HEALTH, up);
    Probe.Answer answer = probe.ask("GET", "/health/ready");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json()).isEqualTo(up);
  }

  @Test
  void isNotReadyAndShowsTheFailingChecksAlone() throws Exception {
    JsonArray checks = new JsonArray().add(check("main", "UP")).add(check("ml", "DOWN"));
    consume(Addresses.HEALTH, new JsonObject().put("status", "DOWN").put("checks", checks));
    Probe.Answer answer = probe.ask("GET", "/health/ready");
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.json().getString("status")).isEqualTo("DOWN");
    assertThat(answer.json().getJsonArray("checks"))
        .isEqualTo(new JsonArray().add(check("ml", "DOWN")));
  }

  @Test
  void isNotReadyWhileNobodyAnswers() throws Exception {
    Probe.Answer answer = probe.ask("GET", "/health/ready");
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.text()).contains("starting or stopping");
  }

  private static JsonObject check(String id, String status) {
    return new JsonObject().put("id", id).put("status", status);
  }
}
