package io.snakepit.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Names are judged before anything is passed on, and answers repeat little of them. Fails if {@code
 * Call} takes any name.
 */
class NameBoundsTest extends DoorTestBase {
  private static final int MOST_TOLD = 420;

  static Stream<String> envelopes() {
    String large = "x".repeat(900_000);
    return Stream.of(
        "{\"tool\":\"" + large + "\"}",
        "{\"tool\":\"" + "x".repeat(66_000) + "\"}",
        "{\"tool\":\"" + "x".repeat(129) + "\"}",
        "{\"tool\":\"caf\u00e9\"}",
        "{\"tool\":\"a b\"}",
        "{\"tool\":\"\"}",
        "{\"tool\":\"\\u001b[2J\"}",
        "{\"tool\":\"t\",\"pool\":\"" + large + "\"}",
        "{\"tool\":\"t\",\"pool\":\"No_Pool\"}",
        "{\"tool\":\"t\",\"session\":\"" + large + "\"}",
        "{\"tool\":\"t\",\"session\":\"a\\nb\"}",
        "{\"tool\":\"t\",\"" + large + "\":1}");
  }

  @ParameterizedTest
  @MethodSource("envelopes")
  void anEnvelopesNamesHaveBounds(String envelope) throws Exception {
    assertRefused(probe.post("/v1/execute", envelope, JSON));
    assertRefused(probe.post("/v1/execute", envelope, JSON, "Accept: application/x-ndjson"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/pools/default/tools/caf%C3%A9",
        "/v1/pools/default/tools/a%2Fb",
        "/v1/pools/default/tools/a%0Ab",
        "/v1/pools/Default/tools/echo",
        "/v1/pools/a%2Fb/tools/echo",
        "/v1/pools/default/tools/%zz",
      })
  void soHaveThoseInAPath(String path) throws Exception {
    assertRefused(probe.post(path, "{}", JSON));
    assertRefused(probe.post(path, "bytes", "Content-Type: application/octet-stream"));
  }

  @Test
  void soHaveLongOnesInAPath() throws Exception {
    assertRefused(probe.post("/v1/pools/default/tools/" + "x".repeat(129), "{}", JSON));
    assertRefused(probe.post("/v1/pools/" + "x".repeat(64) + "/tools/echo", "{}", JSON));
    executor.takeUploads();
    assertRefused(
        probe.post("/v1/pools/default/tools/" + "x".repeat(129), "b", "Content-Type: a/b"));
  }

  @Test
  void soHaveHeaders() throws Exception {
    String large = "x".repeat(1_025);
    assertRefused(probe.post(ECHO, "bytes", "Content-Type: " + large));
    executor.takeUploads();
    assertRefused(probe.post(ECHO, "bytes", "Content-Type: " + large));
    assertRefused(probe.post(ECHO, "{}", JSON, "Snakepit-Session: " + large));
    assertRefused(probe.post(ECHO, "{}", JSON, "Snakepit-Call-Id: " + large));
    assertRefused(probe.post(ECHO, "{}", JSON, "Snakepit-Timeout-Ms: " + large));
    assertRefused(probe.post(ECHO, "{}", JSON, "Snakepit-Idempotent: " + large));
  }

  @Test
  void whatIsNotThereIsNamedInPartToo() throws Exception {
    String large = "x".repeat(3_000);
    for (String method : new String[] {"GET", "PUT"}) {
      for (String path : new String[] {"/" + large, "/v1/pools/" + large + "/tools/%2F"}) {
        Probe.Answer answer = probe.ask(method, path);
        assertThat(answer.status()).isBetween(400, 499);
        assertThat(answer.json().getString("detail")).hasSizeLessThan(MOST_TOLD);
      }
    }
  }

  private void assertRefused(Probe.Answer answer) {
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().getString("code")).isEqualTo("INVALID_REQUEST");
    assertThat(answer.json().getString("detail"))
        .hasSizeLessThan(MOST_TOLD)
        .matches("[ -~\u00e9\u2026]*");
    assertThat(executor.waiting()).isZero();
  }
}
