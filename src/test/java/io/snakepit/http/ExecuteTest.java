package io.snakepit.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.Call;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExecuteTest extends DoorTestBase {
  private static final String EXECUTE = "/v1/execute";

  @Test
  void passesArgumentsAndSplicesResultAsTheyStand() throws Exception {
    String args = "{ \"n\" : 123456789012345678901234567890.10, \"é☃\":\"\\u00e9\" }";
    Probe.Answer answer = probe.post(EXECUTE, "{\"tool\":\"echo\",\"args\":" + args + "}", JSON);

    Call call = executor.next();
    assertThat(call.tool()).isEqualTo("echo");
    assertThat(call.pool()).isEmpty();
    assertThat(call.body().toString()).isEqualTo(args);
    assertThat(call.contentType()).isEmpty();
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Content-Type")).isEqualTo("application/json");
    assertThat(answer.text())
        .isEqualTo("{\"result\":" + args + ",\"worker\":\"default-1\",\"durationMs\":12.345}");
  }

  @Test
  void answersWithTheHeadersOfAnyCall() throws Exception {
    Probe.Answer answer =
        probe.post(EXECUTE, "{\"tool\":\"echo\",\"args\":{}}", JSON, "Snakepit-Call-Id: c-1");
    assertThat(answer.header("Snakepit-Worker")).isEqualTo("default-1");
    assertThat(answer.header("Snakepit-Duration-Ms")).isEqualTo("12.345");
    assertThat(answer.header("Snakepit-Call-Id")).isEqualTo("c-1");
  }

  @Test
  void readsAllThatTheEnvelopeSays() throws Exception {
    probe.post(
        EXECUTE,
        "{\"tool\":\"t\",\"pool\":\"ml\",\"session\":\"s\",\"timeoutMs\":9,\"idempotent\":true}",
        JSON);
    Call call = executor.next();
    assertThat(call.pool()).isEqualTo("ml");
    assertThat(call.session()).isEqualTo("s");
    assertThat(call.timeoutMs()).isEqualTo(9);
    assertThat(call.idempotent()).isTrue();
    assertThat(call.body().length()).isZero();
  }

  @Test
  void letsTheEnvelopeOutdoTheHeaders() throws Exception {
    probe.post(
        EXECUTE,
        "{\"tool\":\"t\",\"session\":\"envelope\"}",
        JSON,
        "Snakepit-Session: header",
        "Snakepit-Timeout-Ms: 77");
    Call call = executor.next();
    assertThat(call.session()).isEqualTo("envelope");
    assertThat(call.timeoutMs()).isEqualTo(77);
  }

  @Test
  void writesBytesInBase64() throws Exception {
    executor.answer("image/png", new byte[] {0, 1, (byte) 255});
    Probe.Answer answer = probe.post(EXECUTE, "{\"tool\":\"t\"}", JSON);
    assertThat(answer.json().getJsonObject("result").getString("$bytes")).isEqualTo("AAH/");
  }

  @Test
  void splicesResultsThatAreNoObjects() throws Exception {
    executor.answer("", "null".getBytes(StandardCharsets.UTF_8));
    assertThat(probe.post(EXECUTE, "{\"tool\":\"t\"}", JSON).text())
        .startsWith("{\"result\":null,\"worker\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{", "{\"tool\":1}", "{\"tool\":\"t\"} x", "{\"tool\":\"\"}"})
  void refusesWhatIsNoEnvelope(String body) throws Exception {
    Probe.Answer answer = probe.post(EXECUTE, body, JSON);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().getString("code")).isEqualTo("INVALID_REQUEST");
    assertThat(executor.waiting()).isZero();
  }
}
