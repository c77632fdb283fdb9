package io.snakepit.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ApiKeyTest extends DoorTestBase {

  @Override
  List<String> apiKeys() {
    return List.of("first-key", "sécond");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1/pools", "/v1/pools/default/tools/echo", "/nowhere", "/"})
  void refusesStrangersEverywhere(String path) throws Exception {
    Probe.Answer answer = probe.ask("POST", path);
    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.header("WWW-Authenticate")).isEqualTo("Bearer realm=\"snakepit\"");
    assertThat(answer.json().getString("code")).isEqualTo("UNAUTHENTICATED");
    assertThat(executor.waiting()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "POST, /v1/pools/default/drain",
    "POST, /v1/pools/default/resume",
    "POST, /v1/pools/default/resize",
    "POST, /v1/pools/default/roll",
    "POST, /v1/workers/default-1/recycle",
    "DELETE, /v1/workers/default-1",
    "DELETE, /v1/calls/c-1",
  })
  void takesNoOrdersFromStrangers(String method, String path) throws Exception {
    assertThat(probe.ask(method, path).status()).isEqualTo(401);
    assertThat(executor.cancelled()).isZero();
  }

  @Test
  void refusesWrongKeysWithoutRepeatingThem() throws Exception {
    Probe.Answer answer = probe.post(ECHO, "{}", JSON, "Authorization: Bearer first-kez");
    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.header("WWW-Authenticate")).contains("error=\"invalid_token\"");
    assertThat(answer.text()).doesNotContain("first-ke");
    assertThat(probe.ask("GET", "/health/live").status()).isEqualTo(200);
  }

  @Test
  void admitsAnyOfTheKeys() throws Exception {
    assertThat(probe.post(ECHO, "{}", JSON, "Authorization: Bearer first-key").status())
        .isEqualTo(200);
    probe.send(Probe.head("POST", ECHO, "Content-Length: 0"));
    probe.send("Authorization: bearer ");
    probe.send("sécond\r\n\r\n".getBytes(StandardCharsets.UTF_8));
    assertThat(probe.answer().status()).isEqualTo(200);
  }

  @Test
  void leavesHealthOpen() throws Exception {
    assertThat(probe.ask("GET", "/health/live").status()).isEqualTo(200);
    assertThat(probe.ask("GET", "/health/ready").status()).isEqualTo(503);
  }
}
