package io.snakepit.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Secrets of the configuration reach neither messages nor workers. */
class SecretsTest {

  @ParameterizedTest
  @CsvSource({
    "http.apiKeys, true",
    "http.tls.key, true",
    "grpc.remoteWorkers.tokens, true",
    "some.adminToken, true",
    "some.password, true",
    "sessions.maxKeys, false",
    "http.tls.cert, false",
    "pools.*.size, false"
  })
  void areKnownByTheirNames(String path, boolean secret) {
    Key port = Keys.of("http.port");

    assertThat(new Key(path, port.type(), port.standard(), true).isSecret()).isEqualTo(secret);
  }

  @ParameterizedTest
  @ValueSource(strings = {"hunter2", "{a: hunter2}", "[[hunter2]]", "[''", "hunter2: [hunter2"})
  void areNotShownInFaults(String value) {
    OptionsLoader loader = new OptionsLoader().environment(Map.of("SNAKEPIT_HTTP_API_KEYS", value));

    assertThat(Typed.faults(loader))
        .singleElement()
        .asString()
        .startsWith("http.apiKeys must be a list")
        .doesNotContain("hunter2");
  }

  @Test
  void areNotShownWithTheOptions() {
    SnakepitOptions options = Typed.with(Map.of("SNAKEPIT_HTTP_API_KEYS", "[hunter2]")).options();

    assertThat(options.http().apiKeys()).containsExactly("hunter2");
    assertThat(options.toString()).doesNotContain("hunter2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SNAKEPIT_HTTP_API_KEYS",
        "SNAKEPIT_KEY",
        "SNAKEPIT_GRPC_REMOTE_WORKERS_TOKENS",
        "SNAKEPIT_POOLS_OTHER_ENV",
        "SNAKEPIT_JAVA_OPTS",
        "SNAKEPIT_HTTP_APIKEY" // a slip of the pen
      })
  void areNotInherited(String variable) {
    Map<String, String> host = Map.of(variable, "hunter2", "HOME", "/home/me", "snakepit", "x");

    assertThat(InheritedEnvironment.of(host))
        .containsOnly(Map.entry("HOME", "/home/me"), Map.entry("snakepit", "x"));
  }

  @Test
  void whatIsHarmlessIsInherited() {
    Map<String, String> host = Map.of("SNAKEPIT_URL", "u", "SNAKEPIT_LOG_LEVEL", "debug");

    assertThat(InheritedEnvironment.of(host)).isEqualTo(host);
  }
}
