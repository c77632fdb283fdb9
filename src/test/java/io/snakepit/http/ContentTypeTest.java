package io.snakepit.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls in an envelope and orders are JSON and say so: no page can send that unasked. */
class ContentTypeTest extends DoorTestBase {
  private static final String EXECUTE = "/v1/execute";
  private static final String BODY = "{\"tool\":\"echo\"}";

  @ParameterizedTest
  @CsvSource({
    "POST, /v1/execute",
    "POST, /v1/pools/main/drain",
    "POST, /v1/pools/main/resume",
    "POST, /v1/pools/main/resize",
    "POST, /v1/pools/main/roll",
    "POST, /v1/workers/main-1/recycle",
    "DELETE, /v1/workers/main-1",
    "DELETE, /v1/calls/c-1",
  })
  void wantsJson(String method, String path) throws Exception {
    String length = "Content-Length: " + BODY.length();
    for (String type :
        new String[] {
          "X-None: at all",
          "Content-Type:",
          "Content-Type: text/plain",
          "Content-Type: text/plain; application/json",
          "Content-Type: application/x-www-form-urlencoded",
          "Content-Type: multipart/form-data; boundary=x",
          "Content-Type: application/jsonp",
        }) {
      probe.send(Probe.head(method, path, type, length) + "\r\n" + BODY);
      Probe.Answer answer = probe.answer();
      assertThat(answer.status()).as(type).isEqualTo(415);
      assertThat(answer.json().getString("code")).isEqualTo("UNSUPPORTED_MEDIA_TYPE");
      assertThat(answer.json().getString("detail"))
          .startsWith("header Content-Type must be application/json: got ");
    }
    probe.send(Probe.head(method, path, "Transfer-Encoding: chunked") + "\r\n0\r\n\r\n");
    assertThat(probe.answer().status()).isEqualTo(415);
    assertThat(executor.waiting()).isZero();
    assertThat(executor.cancelled()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        "application/json ;x=y",
      })
  void takesJsonHoweverItIsWritten(String type) throws Exception {
    assertThat(probe.post(EXECUTE, BODY, "Content-Type: " + type).status()).isEqualTo(200);
  }

  @Test
  void wantsEnvelopesTypeAlsoWhereThereIsNoBody() throws Exception {
    assertThat(probe.ask("POST", EXECUTE).status()).isEqualTo(415);
    assertThat(probe.ask("POST", EXECUTE, JSON).status()).isEqualTo(400);
  }

  @Test
  void takesOrdersWithoutBodyAndType() throws Exception {
    assertThat(probe.ask("DELETE", "/v1/calls/c-1").status()).isEqualTo(202);
    assertThat(probe.ask("DELETE", "/v1/calls/c-1", "Content-Length: 0").status()).isEqualTo(202);
    assertThat(probe.ask("DELETE", "/v1/calls/c-1", JSON).status()).isEqualTo(202);
  }

  @Test
  void refusesJsonInAnotherCharset() throws Exception {
    Probe.Answer answer =
        probe.post(EXECUTE, BODY, "Content-Type: application/json; charset=utf-16");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().getString("detail")).contains("charset=utf-8");
  }
}
