package io.snakepit.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.Call;
import io.snakepit.api.HostJson;
import io.snakepit.testing.Leftovers;
import io.snakepit.testing.LoopbackCluster;
import io.snakepit.testing.RunningSnakepit;
import io.snakepit.testing.TestAdapters;
import io.snakepit.testing.TestPython;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Other members of a cluster, with our classes and without, get what those of this JVM get. */
class DistantMembersIT {
  private static final String TOOLS =
      """
      from collections.abc import Iterator
      from snakepit import tool

      @tool
      def fail() -> None:
          raise ValueError("no luck")

      @tool
      def echo(**args: object) -> dict:
          return args

      @tool
      def digits(n: object) -> int:
          return len(str(n)) if isinstance(n, int) else 0

      @tool
      def blob() -> bytes:
          return bytes(range(256))

      @tool
      def blobs(n: int) -> Iterator[bytes]:
          for i in range(n):
              yield bytes([i, 255])

      @tool
      def count(n: int) -> Iterator[dict]:
          for i in range(n):
              yield {"i": i}
          raise KeyError("end")
      """;

  @TempDir static Path directory;
  private static RunningSnakepit running;
  private static DistantMember plain;
  private static DistantMember withJar;

  @BeforeAll
  static void start() throws Exception {
    int port = DistantMember.freePort();
    String module = TestAdapters.write(directory, "distant", TOOLS);
    JsonObject pool =
        new JsonObject()
            .put("adapter", module)
            .put("python", TestPython.executable().toString())
            .put("pythonPath", new JsonArray().add(directory.toString()))
            .put("size", 1);
    JsonObject configuration = new JsonObject().put("pools", new JsonObject().put("default", pool));
    running = RunningSnakepit.start(LoopbackCluster.join(port, port), directory, configuration);
    plain = DistantMember.plain(port, directory);
    withJar = DistantMember.withJar(port, directory);
  }

  @AfterAll
  static void stop() throws Exception {
    plain.close();
    withJar.close();
    running.close();
    Leftovers.assertNone(directory);
  }

  private static JsonObject execute(JsonObject body) {
    return new JsonObject().put("to", "snakepit.execute").put("body", body);
  }

  private static JsonObject order(String address, String body) {
    return new JsonObject().put("to", address).put("body", new JsonObject(body));
  }

  /** Fails if an error travels in a codec of ours: its receiver could not read it. */
  @Test
  void aFailureReachesAPlainMemberAsAProblem() throws Exception {
    JsonObject call = new JsonObject().put("tool", "fail").put("call", "far-1");
    JsonObject failure = plain.ask(execute(call)).getJsonObject("failure");
    assertThat(failure.getString("class")).isEqualTo("io.vertx.core.eventbus.ReplyException");
    assertThat(failure.getString("type")).isEqualTo("RECIPIENT_FAILURE");
    assertThat(failure.getInteger("code")).isEqualTo(500);
    JsonObject problem = new JsonObject(failure.getString("message"));
    assertThat(problem.getString("type")).isEqualTo("urn:snakepit:error:python-exception");
    assertThat(problem.getInteger("status")).isEqualTo(500);
    assertThat(problem.getString("code")).isEqualTo("PYTHON_EXCEPTION");
    assertThat(problem.getString("call")).isEqualTo("far-1");
    assertThat(problem.getString("detail")).isNotBlank();
    assertThat(problem.getJsonObject("python").getString("traceback")).contains("fail");
    assertThat(plain.errors()).doesNotContain("codec").doesNotContain("ERROR");
  }

  @Test
  void aFailureReachesAMemberWithOurClassesWhole() throws Exception {
    JsonObject call = new JsonObject().put("tool", "fail").put("call", "far-2");
    JsonObject error = withJar.ask(execute(call)).getJsonObject("failure");
    JsonObject here = running.failure(Call.of("fail").id("far-2")).toJson();
    here.remove("at");
    assertThat(error.remove("at")).isNotNull();
    assertThat(error).isEqualTo(here);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "snakepit.execute             | {\"tool\":\"nosuch\"}           | TOOL_NOT_FOUND",
        "snakepit.execute             | {\"colour\":\"red\"}            | INVALID_REQUEST",
        "snakepit.stream              | {\"tool\":\"count\"}            | INVALID_REQUEST",
        "snakepit.cancel              | {}                              | INVALID_REQUEST",
        "snakepit.pools               | {\"pool\":\"nosuch\"}           | POOL_NOT_FOUND",
        "snakepit.workers             | {\"pool\":\"nosuch\"}           | POOL_NOT_FOUND",
        "snakepit.tools               | {\"pool\":\"nosuch\"}           | POOL_NOT_FOUND",
        "snakepit.worker.recycle      | {\"worker\":\"default-99\"}     | WORKER_NOT_FOUND",
        "snakepit.worker.kill         | {\"worker\":\"nosuch-1\"}       | WORKER_NOT_FOUND",
        "snakepit.pool.default.drain  | {\"colour\":\"red\"}            | INVALID_REQUEST",
        "snakepit.pool.default.resume | {\"colour\":\"red\"}            | INVALID_REQUEST",
        "snakepit.pool.default.roll   | {\"colour\":\"red\"}            | INVALID_REQUEST",
        "snakepit.pool.default.resize | {\"size\":0}                    | INVALID_REQUEST",
      })
  void everyAddressFailsReadably(String address, String body, String code) throws Exception {
    JsonObject failure = plain.ask(order(address, body)).getJsonObject("failure");
    JsonObject problem = new JsonObject(failure.getString("message"));
    assertThat(problem.getString("code")).isEqualTo(code);
    assertThat(failure.getInteger("code")).isEqualTo(problem.getInteger("status"));
    JsonObject error = withJar.ask(order(address, body)).getJsonObject("failure");
    assertThat(error.getString("code")).isEqualTo(code);
    assertThat(error.getString("detail")).isEqualTo(problem.getString("detail"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "snakepit.pools               | {}",
        "snakepit.pools               | {\"pool\":\"default\"}",
        "snakepit.workers             | {}",
        "snakepit.tools               | {}",
        "snakepit.cancel              | {\"call\":\"none\"}",
        "snakepit.pool.default.drain  | {}",
        "snakepit.pool.default.resume | {}",
        "snakepit.pool.default.resize | {\"size\":1}",
      })
  void everyAddressAnswersReadably(String address, String body) throws Exception {
    assertThat(plain.ask(order(address, body)).getValue("reply")).isNotNull();
  }

  /** Fails if what Vert.x makes of a Buffer on its way is not made a Buffer again. */
  @Test
  void aBufferOfArgumentsArrivesUntouchedAndTheResultComesAsOne() throws Exception {
    JsonObject call = execute(new JsonObject().put("tool", "echo"));
    String arguments = "{\"ü\":\"~~~???>>>\",\"big\":123456789012345678901234567890,\"b\":[{}]}";
    JsonObject answer = plain.ask(call.put("args", arguments));
    assertThat(answer.getString("result")).as(answer.encode()).isEqualTo(arguments);
    assertThat(answer.getJsonObject("reply").getString("worker")).startsWith("default-");
    assertThat(plain.ask(call.put("args", "")).getString("result")).isEqualTo("{}");
  }

  @Test
  void argumentsThatAreATextAreRefused() throws Exception {
    JsonObject call = new JsonObject().put("tool", "echo").put("args", "hello");
    JsonObject failure = withJar.ask(execute(call)).getJsonObject("failure");
    assertThat(failure.getString("detail"))
        .isEqualTo("args must be a JSON object or a Buffer that holds one: got \"hello\"");
  }

  /** Fails with the limits of the parser by which Vert.x reads a message in the host's JVM. */
  @Test
  void theLimitsOfJsonAreThoseOfEveryDoor() throws Exception {
    JsonObject call = execute(new JsonObject().put("tool", "digits"));
    JsonObject reply = plain.ask(call.copy().put("digits", HostJson.MAX_DIGITS));
    assertThat(reply.getJsonObject("reply").getInteger("result")).isEqualTo(HostJson.MAX_DIGITS);
    assertThat(
            plain
                .ask(call.copy().put("depth", HostJson.MAX_DEPTH))
                .getJsonObject("reply")
                .getInteger("result"))
        .isZero();
    for (JsonObject beyond :
        List.of(
            call.copy().put("digits", HostJson.MAX_DIGITS + 1),
            call.copy().put("depth", HostJson.MAX_DEPTH + 1))) {
      JsonObject failure = withJar.ask(beyond).getJsonObject("failure");
      assertThat(failure.getString("code")).as(failure.encode()).isEqualTo("INVALID_REQUEST");
      assertThat(failure.getString("detail")).containsAnyOf("500 levels", "4300 digits");
      assertThat(failure.getString("detail")).doesNotContain("jackson").doesNotContain("vertx");
    }
  }

  @Test
  void bytesThatAToolAnswersComeAsBase64() throws Exception {
    JsonObject reply = plain.ask(execute(new JsonObject().put("tool", "blob")));
    byte[] all = new byte[256];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) i;
    }
    String base64 = java.util.Base64.getEncoder().encodeToString(all);
    assertThat(reply.getJsonObject("reply").getJsonObject("result"))
        .isEqualTo(new JsonObject().put("$bytes", base64));
  }

  /**
   * Opens a stream and grants credit by a message without a reply, which would come among chunks.
   */
  private static void open(JsonObject order) throws Exception {
    order.put("to", "snakepit.stream");
    order.getJsonObject("body").put("replyTo", PlainMember.REPLY_TO);
    JsonObject stream = plain.ask(order).getJsonObject("reply");
    JsonObject credit = new JsonObject().put("stream", stream.getString("stream"));
    plain.send(
        new JsonObject()
            .put("to", stream.getString("control"))
            .put("send", true)
            .put("body", credit.put("credit", 10)));
  }

  @Test
  void aStreamReachesAPlainMemberToItsError() throws Exception {
    JsonObject two =
        new JsonObject().put("tool", "count").put("args", new JsonObject().put("n", 2));
    open(new JsonObject().put("body", two));
    assertThat(plain.next().getJsonObject("told").getJsonObject("chunk"))
        .isEqualTo(new JsonObject().put("i", 0));
    assertThat(plain.next().getJsonObject("told").getLong("seq")).isEqualTo(2);
    JsonObject error = plain.next().getJsonObject("told").getJsonObject("error");
    assertThat(error.getString("code")).isEqualTo("PYTHON_EXCEPTION");
    assertThat(error.getJsonObject("python").getString("type")).isEqualTo("KeyError");
  }

  @Test
  void chunksOfAStreamAskedForWithABufferComeAsBuffers() throws Exception {
    JsonObject call = new JsonObject().put("tool", "blobs");
    open(new JsonObject().put("body", call).put("args", "{\"n\":1}"));
    assertThat(plain.next().getJsonObject("told").getString("bytes"))
        .isEqualTo("{\"$bytes\":\"AP8=\"}");
    assertThat(plain.next().getJsonObject("told").getJsonObject("end").getLong("chunks"))
        .isEqualTo(1);
  }
}
