package io.snakepit.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.snakepit.api.Call;
import io.snakepit.testing.RunningSnakepit;
import io.snakepit.testing.TestAdapters;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Cancels and orders that come over HTTP, down to real workers. */
class HttpOrdersIT {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  @TempDir Path directory;
  private RunningSnakepit running;
  private Path trace;

  @BeforeEach
  void start() {
    String module = TestAdapters.write(directory, "pressure", TestAdapters.PRESSURE);
    JsonObject pool = new JsonObject().put("cancelGraceMs", 60_000);
    running = RunningSnakepit.start(directory, module, pool);
    trace = directory.resolve("trace");
  }

  @AfterEach
  void stop() {
    running.close();
  }

  private String longCall() {
    return new JsonObject().put("seconds", 600).put("path", trace.toString()).encode();
  }

  private static HttpRequest.Builder request(RunningSnakepit running, String path) {
    return HttpRequest.newBuilder(
        URI.create("http://127.0.0.1:" + running.snakepit().httpPort() + path));
  }

  private HttpResponse<String> send(String method, String path) throws Exception {
    return CLIENT.send(
        request(running, path).method(method, BodyPublishers.noBody()).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private void awaitTrace(String... lines) {
    await()
        .atMost(Pools.PATIENCE)
        .until(() -> Files.exists(trace) && Files.readAllLines(trace).equals(List.of(lines)));
  }

  /** Fails if the door does not cancel, or the cancel does not reach Python. */
  @Test
  void aClientThatGoesAwayInterruptsItsCall() throws Exception {
    Object pid = running.call(Call.of("pid"));
    try (Socket client =
        new Socket(InetAddress.getLoopbackAddress(), running.snakepit().httpPort())) {
      writeCall(client);
      awaitTrace("begun");
    }
    awaitTrace("begun", "cleaned");
    assertThat(running.call(Call.of("pid"))).isEqualTo(pid);
    assertThat(Pools.pool(running).getJsonObject("counters").getInteger("CANCELLED")).isEqualTo(1);
  }

  private void writeCall(Socket client) throws IOException {
    String body = longCall();
    String head =
        "POST /v1/pools/default/tools/sleep HTTP/1.1\r\nHost: localhost\r\nSnakepit-Timeout-Ms: 900000\r\n"
            + "Content-Type: application/json\r\nContent-Length: "
            + body.length()
            + "\r\n\r\n";
    client.getOutputStream().write((head + body).getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aCallIsCancelledByItsId() throws Exception {
    CompletableFuture<HttpResponse<String>> answer =
        CLIENT.sendAsync(
            request(running, "/v1/pools/default/tools/sleep")
                .header("Content-Type", "application/json")
                .header("Snakepit-Call-Id", "long-one")
                .POST(BodyPublishers.ofString(longCall()))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    awaitTrace("begun");
    assertThat(send("DELETE", "/v1/calls/long-one").statusCode()).isEqualTo(202);
    assertThat(answer.get().statusCode()).isEqualTo(499);
    assertThat(new JsonObject(answer.get().body()).getString("code")).isEqualTo("CANCELLED");
    assertThat(send("DELETE", "/v1/calls/long-one").statusCode()).isEqualTo(404);
  }

  /** Fails if a drained pool takes calls. */
  @Test
  void poolsAndWorkersTakeOrders() throws Exception {
    assertThat(send("POST", "/v1/pools/default/drain").statusCode()).isEqualTo(202);
    HttpResponse<String> refused = send("POST", "/v1/pools/default/tools/ping");
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.headers().firstValue("Retry-After")).contains("1");
    assertThat(send("POST", "/v1/pools/default/resume").statusCode()).isEqualTo(202);
    HttpResponse<String> served = send("POST", "/v1/pools/default/tools/ping");
    assertThat(served.statusCode()).isEqualTo(200);
    String worker = served.headers().firstValue("Snakepit-Worker").orElseThrow();
    assertThat(send("POST", "/v1/workers/" + worker + "/recycle").statusCode()).isEqualTo(202);
    await()
        .atMost(Pools.PATIENCE)
        .until(() -> send("GET", "/v1/workers/" + worker).statusCode() == 404);
    assertThat(send("DELETE", "/v1/workers/" + worker).statusCode()).isEqualTo(404);
    assertThat(send("POST", "/v1/pools/default/roll").statusCode()).isEqualTo(202);
    await()
        .atMost(Pools.PATIENCE)
        .until(() -> Pools.pool(running).getJsonObject("roll").getString("state").equals("done"));
  }
}
