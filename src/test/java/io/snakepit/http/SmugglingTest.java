package io.snakepit.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.Call;
import io.snakepit.api.Result;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Requests that another reader on the way could take for others than this one does are answered
 * once, by 400, and end the connection: what stands behind them never runs.
 */
class SmugglingTest extends DoorTestBase {
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 (\\d{3})");
  private static final String HOST = SmugglingShapes.HOST;
  private static final String CHUNKED = SmugglingShapes.CHUNKED;
  private static final String TYPE = "Content-Type: application/json\r\n";

  /** A request that must not be seen. */
  private static final String HIDDEN =
      "POST " + ECHO + " HTTP/1.1\r\n" + HOST + TYPE + "Content-Length: 2\r\n\r\n{}";

  /** The first lines of all kinds of routes. */
  private static final List<String> LINES =
      List.of(
          "POST " + ECHO,
          "POST /v1/execute",
          "POST /v1/pools/main/drain",
          "DELETE /v1/calls/c-1",
          "GET /v1/pools",
          "GET /health/live",
          "OPTIONS /v1/execute",
          "POST /nowhere");

  private static Stream<Arguments> heads() {
    return LINES.stream()
        .flatMap(line -> SmugglingShapes.HEADS.stream().map(head -> Arguments.of(line, head)));
  }

  private static Stream<Arguments> bodies() {
    return LINES.stream()
        .flatMap(line -> SmugglingShapes.BODIES.stream().map(body -> Arguments.of(line, body)));
  }

  private void assertRefusedOnce(String answers, String sent) {
    assertThat(STATUS.matcher(answers).results().map(each -> each.group(1)))
        .as(sent)
        .containsExactly("400");
    assertThat(answers.toLowerCase(Locale.ROOT)).as(sent).contains("connection: close");
    JsonObject problem = new JsonObject(answers.substring(answers.indexOf("\r\n\r\n") + 4));
    assertThat(problem.getString("code")).isEqualTo("INVALID_REQUEST");
    assertThat(problem.getString("detail")).as(sent).startsWith("the request").hasSizeLessThan(400);
    assertThat(executor.waiting()).as(sent).isZero();
    assertThat(executor.cancelled()).as(sent).isZero();
  }

  private void assertRefused(String bytes) throws Exception {
    try (Probe whole = connect()) {
      whole.send(bytes + HIDDEN);
      assertRefusedOnce(whole.untilClosed(), bytes);
    }
    // However it is cut: heads that come byte by byte are judged as those that come at once.
    try (Probe cut = connect()) {
      for (int i = 0; i < Math.min(bytes.length(), 400); i++) {
        cut.trySend(new byte[] {(byte) bytes.charAt(i)});
      }
      cut.trySend(ascii(bytes.substring(Math.min(bytes.length(), 400)) + HIDDEN));
      String answers = cut.restAfterLastWord();
      assertThat(STATUS.matcher(answers).results().count()).as(bytes).isLessThanOrEqualTo(1);
      assertThat(executor.waiting()).as(bytes).isZero();
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  @ParameterizedTest
  @MethodSource("heads")
  void refusesHeadsThatCanBeReadInTwoWays(String line, String head) throws Exception {
    try (Probe client = connect()) {
      String bytes = line + " HTTP/1.1\r\n" + HOST + head + "\r\n";
      client.send(bytes + HIDDEN);
      assertRefusedOnce(client.untilClosed(), bytes);
    }
  }

  @ParameterizedTest
  @MethodSource("bodies")
  void refusesBodiesThatCanBeReadInTwoWays(String line, String body) throws Exception {
    try (Probe client = connect()) {
      String bytes = line + " HTTP/1.1\r\n" + HOST + TYPE + CHUNKED + "\r\n" + body;
      client.send(bytes + HIDDEN);
      assertRefusedOnce(client.untilClosed(), bytes);
    }
  }

  private static List<String> requests() {
    return SmugglingShapes.REQUESTS;
  }

  @ParameterizedTest
  @MethodSource("requests")
  void refusesWhatIsNoRequest(String bytes) throws Exception {
    assertRefused(bytes);
  }

  @Test
  void refusesWhatBeginsRightAndIsCutIntoBytes() throws Exception {
    for (String head : SmugglingShapes.HEADS) {
      assertRefused("POST " + ECHO + " HTTP/1.1\r\n" + HOST + head + "\r\n");
    }
    for (String body : SmugglingShapes.BODIES) {
      assertRefused("POST " + ECHO + " HTTP/1.1\r\n" + HOST + TYPE + CHUNKED + "\r\n" + body);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET http://localhost/health/live HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET HTTP://LOCALHOST:8080/health/live?x HTTP/1.1\r\nhost: localhost:8080\r\n\r\n",
        "\r\n\r\nGET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /health/live?a=b%20c&d[]={}|^ HTTP/1.1\r\nHost:localhost\r\n\r\n",
        "GET /health/live HTTP/1.1\r\nHost: \t localhost \t\r\nX:\r\nY: \r\nZ: \u00e9\t!\r\n\r\n",
        "GET /health/live HTTP/1.0\r\n\r\n",
        "GET /health/live HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n",
        "GET /health/live HTTP/1.1\r\nHost: localhost\r\nAccept: a\r\nAccept: b\r\n\r\n",
      })
  void takesWhateverIsRight(String bytes) throws Exception {
    probe.send(bytes);
    assertThat(probe.answer().status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2\r\n{}\r\n0\r\n\r\n",
        "1\r\n{\r\n1\r\n}\r\n0\r\n\r\n",
        "00000002\r\n{}\r\n000\r\n\r\n",
        "2;a\r\n{}\r\n0;b=c;d=\"e \\\" f\"\r\n\r\n",
        "2\r\n{}\r\n0\r\nX: y\r\nContent-Length: 9\r\nZ:\r\n\r\n",
        "A\r\n{        }\r\n0\r\n\r\n",
      })
  void takesChunksThatAreRight(String body) throws Exception {
    for (String coding : List.of("chunked", "Chunked", " chunked\t")) {
      probe.send(
          Probe.head("POST", ECHO, JSON, "Transfer-Encoding:" + coding) + "\r\n" + body + HIDDEN);
      assertThat(probe.answer().text()).startsWith("{");
      assertThat(probe.answer().text()).isEqualTo("{}");
    }
  }

  @Test
  void answersWhatCameBeforeItFirst() throws Exception {
    probe.send(HIDDEN + HIDDEN + "GET /health/live HTTP/1.1\r\nHost : x\r\n\r\n" + HIDDEN);
    assertThat(probe.answer().status()).isEqualTo(200);
    assertThat(probe.answer().status()).isEqualTo(200);
    assertThat(probe.answer().status()).isEqualTo(400);
    assertThat(probe.isClosedByHost()).isTrue();
    executor.next();
    executor.next();
    assertThat(executor.waiting()).isZero();
  }

  /** The head has been let through long before its body turns out to be wrong. */
  @ParameterizedTest
  @ValueSource(strings = {ECHO, "/v1/execute"})
  void refusesBodyThatTurnsOutToBeWrong(String path) throws Exception {
    probe.send(Probe.head("POST", path, JSON, "Transfer-Encoding: chunked") + "\r\n2\r\n{}\r\n");
    waitForTheDoor();
    probe.send("zz\r\n" + HIDDEN);
    assertRefusedOnce(probe.untilClosed(), path);
    Probe next = connect();
    assertThat(next.post(ECHO, "{}", JSON).status()).isEqualTo(200);
    next.close();
  }

  @Test
  void cancelsTheCallWhoseUploadTurnsOutToBeWrong() throws Exception {
    executor.takeUploads();
    executor.behave(call -> Promise.<Result>promise().future());
    probe.send(
        Probe.head("POST", ECHO, "Content-Type: image/png", "Transfer-Encoding: chunked")
            + "\r\n2\r\nab\r\n");
    Call call = executor.next();
    door.serverContext().runOnContext(here -> call.upload().resume());
    waitForTheDoor();
    probe.send("zz\r\n" + HIDDEN);
    assertThat(probe.answer().status()).isEqualTo(400);
    assertThat(probe.isClosedByHost()).isTrue();
    assertThat(executor.nextCancelled()).isEqualTo(call.id());
    assertThat(executor.waiting()).isZero();
  }

  /** An answer that came before the body's end stays the only one. */
  @Test
  void closesWhereTheAnswerHasBegun() throws Exception {
    probe.send(Probe.head("GET", "/health/live", "Transfer-Encoding: chunked") + "\r\n2\r\nab\r\n");
    assertThat(probe.answer().status()).isEqualTo(200);
    probe.trySend(ascii("zz\r\n" + HIDDEN));
    assertThat(probe.isClosedByHost()).isTrue();
    assertThat(executor.waiting()).isZero();
  }

  private void waitForTheDoor() throws Exception {
    try (Probe other = connect()) {
      assertThat(other.ask("GET", "/health/live").status()).isEqualTo(200);
    }
  }
}
