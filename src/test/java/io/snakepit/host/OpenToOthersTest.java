package io.snakepit.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.config.HttpOptions;
import io.snakepit.config.SnakepitOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Fails where a loopback address is called open to other machines, or another is not. */
class OpenToOthersTest {

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, false",
    "127.0.0.2, false",
    "localhost, false",
    "LocalHost, false",
    "::1, false",
    "[::1], false",
    "0:0:0:0:0:0:0:1, false",
    "0.0.0.0, true",
    "::, true",
    "10.0.0.1, true",
    "localhost.example.org, true",
  })
  void onlyLoopbackIsKeptToTheMachine(String host, boolean open) {
    JsonObject http = new JsonObject().put("host", host);
    assertThat(Doors.isOpenToOthers(options(http))).isEqualTo(open);
    http.put("apiKeys", new JsonArray().add("key"));
    assertThat(Doors.isOpenToOthers(options(http))).isFalse();
  }

  private static HttpOptions options(JsonObject http) {
    return SnakepitOptions.fromJson(new JsonObject().put("http", http)).http();
  }
}
