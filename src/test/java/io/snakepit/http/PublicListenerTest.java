package io.snakepit.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

/** A listener that others reach: services call it by any name, unless names are set. */
class PublicListenerTest extends DoorTestBase {
  private JsonArray allowed = new JsonArray();

  @Override
  JsonObject settings() {
    return super.settings().put("host", "0.0.0.0").put("allowedHosts", allowed);
  }

  @Test
  void isCalledByAnyName() throws Exception {
    assertThat(probe.post(ECHO, "{}", JSON, "Host: pit.internal:8080").status()).isEqualTo(200);
    assertThat(probe.ask("GET", "/health/live", "Host: 10.1.2.3").status()).isEqualTo(200);
    assertThat(
            probe
                .post(ECHO, "{}", JSON, "Host: pit.example", "Origin: https://pit.example")
                .status())
        .isEqualTo(200);
    assertThat(
            probe.post(ECHO, "{}", JSON, "Host: pit.example", "Origin: https://a.example").status())
        .isEqualTo(403);
  }

  @Test
  void isCalledByTheNamesThatAreSetWhereSomeAre() throws Exception {
    allowed = new JsonArray().add("pit.example");
    HttpVerticle named = newDoor(0, null);
    await(vertx.deployVerticle(named));
    try (Probe client = new Probe(named.actualPort())) {
      assertThat(client.post(ECHO, "{}", JSON, "Host: pit.example:80").status()).isEqualTo(200);
      Probe.Answer answer = client.ask("GET", "/health/live", "Host: localhost");
      assertThat(answer.status()).isEqualTo(403);
      assertThat(answer.json().getString("detail")).contains("http.allowedHosts");
    }
  }
}
