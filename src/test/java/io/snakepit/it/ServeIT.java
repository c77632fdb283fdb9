package io.snakepit.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.testing.TestAdapters;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code serve} as users see it: a JVM of its own with real workers, HTTP and signals. */
class ServeIT {
  private static final String SLOW_TOOLS =
      """
      import os, time
      from snakepit import tool

      @tool
      def wait(path: str) -> str:
          while not os.path.exists(path):
              time.sleep(0.01)
          return "waited"

      @tool
      def ping() -> str:
          return "pong"
      """;

  @TempDir Path folder;
  private final HttpClient http = HttpClient.newHttpClient();

  private CompletableFuture<HttpResponse<String>> call(String url, String body) {
    return http.sendAsync(
        HttpRequest.newBuilder(URI.create(url + "/v1/execute"))
            .header("Content-Type", "application/json")
            .timeout(Duration.ofSeconds(60))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  private long running(String url) {
    try {
      String pools =
          http.send(
                  HttpRequest.newBuilder(URI.create(url + "/v1/pools/default")).build(),
                  BodyHandlers.ofString())
              .body();
      return new JsonObject(pools).getLong("running");
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void answersCallsOnceReady() throws IOException {
    try (HostProcess host = HostProcess.start(folder, HostProcess.yaml("size: 2"))) {
      String url = host.awaitReady();

      assertThat(call(url, "{\"tool\":\"add\",\"args\":{\"a\":1,\"b\":2}}").join().body())
          .contains("\"result\":3");
      assertThat(host.out()).contains("(pool default: 2 workers)");
      assertThat(host.processes()).isNotEmpty();

      host.terminate();
      assertThat(host.awaitEnd()).isIn(0, 143);
      host.assertNothingIsLeft();
    }
  }

  /** P8. */
  @Test
  void finishesRunningCallsOnSigtermRefusesNewOnesAndLeavesNothing() throws IOException {
    String adapter = TestAdapters.write(folder, "slow_tools", SLOW_TOOLS);
    String pool = "adapter: " + adapter + ", pythonPath: ['" + folder + "'], size: 4";
    Path over = folder.resolve("over");
    try (HostProcess host = HostProcess.start(folder, HostProcess.yaml(pool))) {
      String url = host.awaitReady();
      List<CompletableFuture<HttpResponse<String>>> calls =
          IntStream.range(0, 4).mapToObj(i -> call(url, waitFor(over))).toList();
      Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> running(url) == 4);

      host.terminate();
      host.awaitErr("draining");
      HttpResponse<String> late = untilRefused(url);
      Files.createFile(over);

      assertThat(calls)
          .allSatisfy(each -> assertThat(each.join().body()).contains("\"result\":\"waited\""));
      assertThat(late.statusCode()).isEqualTo(503);
      assertThat(late.body()).contains("SHUTTING_DOWN");
      assertThat(host.awaitEnd()).isIn(0, 143);
      assertThat(host.err()).contains("stopped");
      host.assertNothingIsLeft();
    }
  }

  private static String waitFor(Path path) {
    return "{\"tool\":\"wait\",\"args\":{\"path\":\"%s\"}}".formatted(path);
  }

  /** The signal's line comes a moment before the doors refuse. */
  private HttpResponse<String> untilRefused(String url) {
    return Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(10))
        .until(() -> call(url, "{\"tool\":\"ping\"}").join(), answer -> answer.statusCode() != 200);
  }

  @Test
  void ctrlCWhileDrainingEndsAtOnceAndLeavesNoProcess() throws IOException {
    String adapter = TestAdapters.write(folder, "slow_tools", SLOW_TOOLS);
    String pool = "adapter: " + adapter + ", pythonPath: ['" + folder + "'], size: 1";
    try (HostProcess host = HostProcess.start(folder, HostProcess.yaml(pool))) {
      String url = host.awaitReady();
      CompletableFuture<?> call =
          call(url, waitFor(folder.resolve("never"))).exceptionally(lost -> null);
      Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> running(url) == 1);
      host.terminate();
      host.awaitErr("draining");

      host.interrupt();

      assertThat(host.awaitEnd()).isEqualTo(130);
      assertThat(host.err()).doesNotContain("stopped");
      Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> host.processes().isEmpty());
      call.join();
    }
  }

  @Test
  void aSignalDuringTheStartLeavesNothing() throws IOException {
    String adapter = TestAdapters.write(folder, "slow_tools", "import time\ntime.sleep(30)\n");
    String pool = "adapter: " + adapter + ", pythonPath: ['" + folder + "']";
    try (HostProcess host = HostProcess.start(folder, HostProcess.yaml(pool))) {
      host.awaitErr("starting, 2 s");

      host.terminate();

      assertThat(host.awaitEnd()).isIn(0, 143);
      assertThat(host.out()).isEmpty();
      host.assertNothingIsLeft();
    }
  }

  /** F1. */
  @Test
  void namesAPythonThatDoesNotExist() throws IOException {
    String yaml = "http: {port: 0}\npools: {default: {python: /nonexistent/python3}}\n";
    Instant begun = Instant.now();

    assertStartFails(yaml, 1, "/nonexistent/python3", "pools.default.python");

    assertThat(Duration.between(begun, Instant.now())).isLessThan(Duration.ofSeconds(20));
  }

  /** F2. */
  @Test
  void showsTheTracebackOfAnAdapterThatRaisesOnImport() throws IOException {
    String adapter =
        TestAdapters.write(folder, "broken_tools", "raise RuntimeError('no model file')\n");
    String pool = "adapter: " + adapter + ", pythonPath: ['" + folder + "']";

    assertStartFails(
        HostProcess.yaml(pool), 1, "Traceback", "broken_tools.py", "RuntimeError: no model file");
  }

  /** F2. */
  @Test
  void namesAnAdapterThatCanNotBeFound() throws IOException {
    assertStartFails(
        HostProcess.yaml("adapter: no_such_module"), 1, "ModuleNotFoundError", "no_such_module");
  }

  /** F3. Fails if {@code OptionsLoader} ends at the first fault. */
  @Test
  void listsEveryFaultOfTheConfiguration() throws IOException {
    String yaml = "pools: {default: {profil: x, size: 0, maxQueue: many, profile: fast}}\n";

    assertStartFails(yaml, 2, "profil", "profile", "size", "maxQueue", "many", "fast", "thread");
  }

  /** F4. */
  @Test
  void namesAPortThatIsTaken() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = String.valueOf(taken.getLocalPort());

      assertStartFails(
          HostProcess.yaml("size: 1").replace("port: 0", "port: " + port), 1, port, "http.port");
    }
  }

  private void assertStartFails(String yaml, int exitCode, String... said) throws IOException {
    try (HostProcess host = HostProcess.start(folder, yaml)) {
      assertThat(host.awaitEnd()).isEqualTo(exitCode);
      assertThat(host.err()).contains(said).doesNotContain("\tat ");
      assertThat(host.out()).isEmpty();
      host.assertNothingIsLeft();
    }
  }
}
