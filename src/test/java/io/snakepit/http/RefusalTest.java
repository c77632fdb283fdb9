package io.snakepit.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RefusalTest extends DoorTestBase {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/v1",
        "/v1/pools/",
        "/v1/pools//tools/echo",
        "/v1/pools/default/tools/",
        "/v1/pools/default/tools/a/b",
        "/v1/pools/default/tool/a",
        "/v1/execute/",
        "/v1/pools/default/drains",
        "/v1/pools//drain",
        "/v1/workers//recycle",
        "/v1/calls",
        "/v1/calls/",
        "/V1/execute",
        "/health",
      })
  void answersNotFoundForPathsItDoesNotKnow(String path) throws Exception {
    for (String method : new String[] {"GET", "POST", "OPTIONS"}) {
      Probe.Answer answer = probe.ask(method, path);
      assertThat(answer.status()).isEqualTo(404);
      assertThat(answer.json().getString("code")).isEqualTo("NOT_FOUND");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /v1/execute, 'OPTIONS, POST'",
    "PUT, /v1/pools/default/tools/echo, 'OPTIONS, POST'",
    "HEAD, /v1/execute, 'OPTIONS, POST'",
    "BREW, /v1/execute, 'OPTIONS, POST'",
    "POST, /v1/pools, 'GET, HEAD, OPTIONS'",
    "DELETE, /v1/pools/main, 'GET, HEAD, OPTIONS'",
    "POST, /v1/workers, 'GET, HEAD, OPTIONS'",
    "PATCH, /v1/workers/main-1, 'DELETE, GET, HEAD, OPTIONS'",
    "GET, /v1/workers/main-1/recycle, 'OPTIONS, POST'",
    "GET, /v1/pools/main/drain, 'OPTIONS, POST'",
    "GET, /v1/pools/main/resume, 'OPTIONS, POST'",
    "GET, /v1/pools/main/resize, 'OPTIONS, POST'",
    "GET, /v1/pools/main/roll, 'OPTIONS, POST'",
    "GET, /v1/calls/c-1, 'DELETE, OPTIONS'",
    "POST, /v1/tools, 'GET, HEAD, OPTIONS'",
    "POST, /health/live, 'GET, HEAD, OPTIONS'",
    "POST, /health/ready, 'GET, HEAD, OPTIONS'",
  })
  void namesTheMethodsThatPathTakes(String method, String path, String allow) throws Exception {
    Probe.Answer answer = probe.ask(method, path);
    assertThat(answer.status()).isEqualTo(405);
    assertThat(answer.header("Allow")).isEqualTo(allow);
    if (!method.equals("HEAD")) {
      assertThat(answer.json().getString("code")).isEqualTo("METHOD_NOT_ALLOWED");
    }
    assertThat(probe.ask("GET", "/health/live").status()).isEqualTo(200);
  }

  @Test
  void tellsTheMethodsWhenAsked() throws Exception {
    Probe.Answer answer = probe.ask("OPTIONS", "/v1/pools/main");
    assertThat(answer.status()).isEqualTo(204);
    assertThat(answer.header("Allow")).isEqualTo("GET, HEAD, OPTIONS");
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void answersHeadAsGetWithoutBody() throws Exception {
    Probe.Answer head = probe.ask("HEAD", "/health/live");
    assertThat(head.status()).isEqualTo(200);
    assertThat(head.header("Content-Type")).isEqualTo("application/json");
    assertThat(probe.ask("GET", "/health/live").json().getString("status")).isEqualTo("UP");
  }
}
