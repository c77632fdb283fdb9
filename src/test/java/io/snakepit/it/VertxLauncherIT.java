package io.snakepit.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.SnakepitVerticle;
import io.snakepit.testing.TestPython;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code SnakepitVerticle} under Vert.x's own launcher: a real JVM, HTTP and SIGTERM. */
class VertxLauncherIT {
  private static final String VERTICLE = SnakepitVerticle.class.getName();
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  /** Exit code of a JVM that ends by SIGTERM, once its hooks have run. */
  private static final int TERMINATED = 128 + 15;

  @TempDir Path folder;
  private final HttpClient http = HttpClient.newHttpClient();

  private String yaml() {
    return "pools: {default: {size: 1, python: '%s'}}\ndataDir: '%s'\n"
        .formatted(TestPython.executable(), folder.resolve("data"));
  }

  private static JsonObject config(int port) {
    return new JsonObject()
        .put("configFile", "host.yaml")
        .put("http", new JsonObject().put("port", port));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return http.send(request.timeout(Duration.ofSeconds(60)).build(), BodyHandlers.ofString());
  }

  private void awaitReady(HostProcess host, String url) {
    HttpRequest.Builder ready = HttpRequest.newBuilder(URI.create(url + "/health/ready"));
    Awaitility.await()
        .atMost(PATIENCE)
        .ignoreExceptionsInstanceOf(IOException.class)
        .failFast("the host ended", () -> assertThat(host.isAlive()).as(host.err()).isTrue())
        .until(() -> send(ready).statusCode() == 200);
  }

  @Test
  void servesUntilItIsTerminatedAndLeavesNothing() throws Exception {
    int port = freePort();
    String url = "http://127.0.0.1:" + port;
    try (HostProcess host =
        HostProcess.runVertx(folder, yaml(), VERTICLE, "--conf", config(port).encode())) {
      awaitReady(host, url);
      HttpRequest.Builder call =
          HttpRequest.newBuilder(URI.create(url + "/v1/pools/default/tools/add"))
              .header("Content-Type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString("{\"a\":1,\"b\":2}"));
      assertThat(send(call).body()).isEqualTo("3");
      assertThat(host.processes()).isNotEmpty();

      host.terminate();

      assertThat(host.awaitEnd()).as(host.err()).isEqualTo(TERMINATED);
      host.assertNothingIsLeft();
    }
  }

  @Test
  void aWrongConfigurationEndsItWithEveryFault() throws Exception {
    JsonObject wrong = config(-1).put("colour", "red");
    try (HostProcess host =
        HostProcess.runVertx(folder, yaml(), VERTICLE, "--conf", wrong.encode())) {
      assertThat(host.awaitEnd()).isPositive();
      assertThat(host.out() + host.err())
          .contains("http.port must be a whole number between 0 and 65535: got -1")
          .contains("colour");
      host.assertNothingIsLeft();
    }
  }

  @Test
  void severalInstancesAreRefused() throws Exception {
    try (HostProcess host =
        HostProcess.runVertx(
            folder, yaml(), VERTICLE, "--instances", "2", "--conf", config(0).encode())) {
      assertThat(host.awaitEnd()).isPositive();
      assertThat(host.out() + host.err())
          .contains("this Vert.x has a Snakepit already")
          .contains("one instance");
      host.assertNothingIsLeft();
    }
  }
}
