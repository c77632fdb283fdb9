package io.snakepit.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.ErrorCode;
import io.snakepit.api.SnakepitException;
import io.snakepit.bus.Addresses;
import io.snakepit.bus.Codecs;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OrderTest extends DoorTestBase {
  private static final String RESIZE = "/v1/pools/main/resize";

  /** An order that came over the bus. */
  private record Order(String address, JsonObject body) {}

  private final BlockingQueue<Order> orders = new LinkedBlockingQueue<>();

  @BeforeEach
  void knowPoolMain() {
    Codecs.register(vertx.eventBus());
    vertx.eventBus().localConsumer(Addresses.POOLS, OrderTest::describe);
  }

  private static void describe(Message<JsonObject> message) {
    String name = message.body().getString("pool");
    if ("main".equals(name)) {
      message.reply(new JsonObject().put("pool", name));
    } else {
      message.reply(
          new SnakepitException(
              ErrorCode.POOL_NOT_FOUND, "there is no pool \"%s\": there is main".formatted(name)));
    }
  }

  private void takeOrders(String address, Object reply) {
    vertx
        .eventBus()
        .<JsonObject>localConsumer(
            address,
            message -> {
              orders.add(new Order(address, message.body()));
              message.reply(reply);
            });
  }

  private static String address(String verb) {
    return switch (verb) {
      case "drain" -> Addresses.drain("main");
      case "resume" -> Addresses.resume("main");
      case "roll" -> Addresses.roll("main");
      default -> throw new IllegalArgumentException(verb);
    };
  }

  @ParameterizedTest
  @CsvSource({"drain, ''", "drain, {}", "resume, ''", "resume, ' {} '", "roll, ''", "roll, {}"})
  void passesOrdersToPoolAndTellsItsState(String verb, String body) throws Exception {
    JsonObject state = new JsonObject().put("pool", "main").put("state", verb + "ing");
    takeOrders(address(verb), state);
    Probe.Answer answer = probe.post("/v1/pools/main/" + verb, body, JSON);

    assertThat(answer.status()).isEqualTo(202);
    assertThat(answer.header("Content-Type")).isEqualTo("application/json");
    assertThat(answer.json()).isEqualTo(state);
    assertThat(orders).containsExactly(new Order(address(verb), new JsonObject()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"size\":4}",
        "{\"size\":{\"min\":1,\"max\":8}}",
        "{\"size\":{\"min\":1,\"max\":8,\"idleMs\":60000}}",
      })
  void passesTheSizeThatPoolIsToHave(String body) throws Exception {
    JsonObject state = new JsonObject().put("pool", "main").put("size", 4);
    takeOrders(Addresses.resize("main"), state);
    Probe.Answer answer = probe.post(RESIZE, body, JSON);

    assertThat(answer.status()).isEqualTo(202);
    assertThat(answer.json()).isEqualTo(state);
    assertThat(orders).containsExactly(new Order(Addresses.resize("main"), new JsonObject(body)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                                       | size must be",
        "{}                                       | size must be",
        "{\"size\":0}                             | between 1 and 1000, or {min, max, idleMs}",
        "{\"size\":2.0}                           | size must be",
        "{\"size\":\"2\"}                         | got \"2\"",
        "{\"size\":null}                          | got null",
        "{\"size\":[2]}                           | got [2]",
        "{\"size\":1001}                          | got 1001",
        "{\"size\":4294967297}                    | got 4294967297",
        "{\"size\":{\"min\":3,\"max\":2}}           | with min <= max",
        "{\"size\":true}                          | got true",
        "{\"size\":{}}                            | got {}",
        "{\"size\":{\"min\":1}}                   | got {\"min\":1}",
        "{\"size\":{\"min\":1,\"max\":\"x\"}}     | size must be between 1 and 1000",
        "{\"size\":{\"min\":1,\"max\":2,\"idleMs\":1.5}} | idleMs 1 to 86400000",
        "{\"size\":{\"min\":1,\"max\":2,\"idle\":1}}     | unknown key \"size.idle\"",
        "{\"size\":2,\"pool\":\"x\"}              | unknown key \"pool\"",
        "{\"size\":2,\"size\":3}                  | Duplicate field 'size'",
        "{\"size\":2} x                           | not valid JSON",
        "{\"size\":2} {}                          | goes on after its JSON value",
        "{\"size\":                               | not valid JSON",
        "[2]                                      | must be a JSON object: got an array",
        "'  '                                     | must be a JSON object: got nothing",
      })
  void refusesWhatIsNoSize(String body, String fault) throws Exception {
    takeOrders(Addresses.resize("main"), new JsonObject());
    assertInvalid(probe.post(RESIZE, body, JSON), fault);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "POST   | /v1/pools/main/drain       | {\"force\":true} | unknown key \"force\"",
        "POST   | /v1/pools/main/resume      | {\"a\":1}        | unknown key \"a\"",
        "POST   | /v1/pools/main/roll        | {\"size\":1}     | unknown key \"size\"",
        "POST   | /v1/pools/main/roll        | []               | must be a JSON object",
        "POST   | /v1/workers/main-1/recycle | {\"now\":1}      | unknown key \"now\"",
        "DELETE | /v1/workers/main-1         | {\"now\":1}      | unknown key \"now\"",
        "DELETE | /v1/calls/c-1              | {\"now\":1}      | unknown key \"now\"",
      })
  void refusesBodyWhereNoneIsMeant(String method, String path, String body, String fault)
      throws Exception {
    takeOrders(Addresses.drain("main"), new JsonObject());
    takeOrders(Addresses.resume("main"), new JsonObject());
    takeOrders(Addresses.roll("main"), new JsonObject());
    takeOrders(Addresses.RECYCLE, new JsonObject());
    takeOrders(Addresses.KILL, new JsonObject());
    assertInvalid(send(method, path, body), fault);
    assertThat(executor.cancelled()).isZero();
  }

  private Probe.Answer send(String method, String path, String body) throws IOException {
    probe.send(Probe.head(method, path, JSON, "Content-Length: " + body.length()) + "\r\n" + body);
    return probe.answer();
  }

  private void assertInvalid(Probe.Answer answer, String fault) {
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().getString("code")).isEqualTo("INVALID_REQUEST");
    assertThat(answer.json().getString("detail")).contains(fault);
    assertThat(orders).isEmpty();
  }

  @Test
  void refusesBytesThatAreNoUtf8() throws Exception {
    Probe.Answer answer = probe.post(RESIZE, new byte[] {0, '{', 0, '}'}, JSON);
    assertInvalid(answer, "JSON in UTF-8");
  }

  @Test
  void refusesBodyOverTheLimit() throws Exception {
    Probe.Answer answer = probe.post(RESIZE, new byte[MAX_BODY + 1], JSON);
    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.json().getString("code")).isEqualTo("PAYLOAD_TOO_LARGE");
  }

  @ParameterizedTest
  @ValueSource(strings = {"drain", "resume", "resize", "roll"})
  void tellsWhichPoolsThereAre(String verb) throws Exception {
    String body = verb.equals("resize") ? "{\"size\":1}" : "";
    Probe.Answer answer = probe.post("/v1/pools/other/" + verb, body, JSON);
    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.json().getString("code")).isEqualTo("POOL_NOT_FOUND");
    assertThat(answer.json().getString("detail")).contains("other").contains("there is main");
  }

  @Test
  void tellsThatPoolIsJustStartedAnew() throws Exception {
    Probe.Answer answer = probe.ask("POST", "/v1/pools/main/roll");
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.json().getString("code")).isEqualTo("POOL_UNAVAILABLE");
    assertThat(answer.json().getString("detail")).contains("pool main");
    assertThat(answer.header("Retry-After")).isEqualTo("1");
  }

  @Test
  void tellsWhyPoolRefusesAnOrder() throws Exception {
    takeOrders(
        Addresses.resize("main"),
        new SnakepitException(ErrorCode.INVALID_REQUEST, "size must be between 1 and 1000: 5000"));
    Probe.Answer answer = probe.post(RESIZE, "{\"size\":5000}", JSON);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().getString("detail")).contains("between 1 and 1000");
  }

  @ParameterizedTest
  @CsvSource({
    "POST, /v1/workers/main-1/recycle, snakepit.worker.recycle",
    "DELETE, /v1/workers/main-1, snakepit.worker.kill",
  })
  void replacesOrKillsWorker(String method, String path, String address) throws Exception {
    JsonObject reply = new JsonObject().put("worker", "main-1").put("pool", "main");
    takeOrders(address, reply);
    Probe.Answer answer = probe.ask(method, path);

    assertThat(answer.status()).isEqualTo(202);
    assertThat(answer.json()).isEqualTo(reply);
    assertThat(orders)
        .containsExactly(new Order(address, new JsonObject().put("worker", "main-1")));
  }

  @ParameterizedTest
  @CsvSource({
    "POST, /v1/workers/main-9/recycle, snakepit.worker.recycle",
    "DELETE, /v1/workers/main-9, snakepit.worker.kill",
  })
  void tellsThatThereIsNoSuchWorker(String method, String path, String address) throws Exception {
    takeOrders(address, new SnakepitException(ErrorCode.WORKER_NOT_FOUND, "no worker main-9"));
    Probe.Answer answer = probe.ask(method, path);
    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.json().getString("code")).isEqualTo("WORKER_NOT_FOUND");
    assertThat(answer.json().getString("detail")).contains("main-9");
  }

  @Test
  void cancelsCallByItsId() throws Exception {
    Probe.Answer answer = probe.ask("DELETE", "/v1/calls/team%2F7-a");
    assertThat(answer.status()).isEqualTo(202);
    assertThat(answer.json()).isEqualTo(new JsonObject().put("cancelled", true));
    assertThat(executor.nextCancelled()).isEqualTo("team/7-a");
  }

  @Test
  void tellsThatNoSuchCallIsUnderWay() throws Exception {
    executor.forgetCalls();
    Probe.Answer answer = probe.ask("DELETE", "/v1/calls/c-1");
    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.json().getString("code")).isEqualTo("NOT_FOUND");
    assertThat(answer.json().getString("detail")).contains("no call c-1 under way");
  }
}
