package io.snakepit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.testing.RunningSnakepit;
import io.snakepit.testing.TestPython;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests of {@code profile} against a pool that is really served. */
class ProfileCommandIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;
  private final HttpClient http = HttpClient.newHttpClient();
  private SnakepitServer server;
  private volatile boolean stopLoad;

  @BeforeEach
  void serve() {
    JsonObject pool =
        new JsonObject().put("python", TestPython.executable().toString()).put("size", 2);
    JsonObject configuration = new JsonObject().put("pools", new JsonObject().put("default", pool));
    server = new SnakepitServer(RunningSnakepit.options(folder, configuration));
    server.start().join();
  }

  @AfterEach
  void stop() {
    server.stop(PATIENCE);
  }

  /** Calls one after the other until {@code stopLoad}; answers how many. */
  private CompletableFuture<Integer> load(String tool, String arguments, int before) {
    if (stopLoad) {
      return CompletableFuture.completedFuture(before);
    }
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(server.url() + "/v1/pools/default/tools/" + tool))
            .header("Content-Type", "application/json")
            .timeout(PATIENCE)
            .POST(HttpRequest.BodyPublishers.ofString(arguments))
            .build();
    return http.sendAsync(request, BodyHandlers.discarding())
        .thenComposeAsync(done -> load(tool, arguments, before + 1));
  }

  private JsonObject profile() {
    CommandRun run = CommandRun.of("profile", "--url", server.url(), "--seconds=3", "--json");
    assertThat(run.exitCode()).as(run.err()).isZero();
    return new JsonObject(run.out());
  }

  private JsonObject profileUnder(int callers, String tool, String arguments) {
    CompletableFuture<?>[] load = new CompletableFuture<?>[callers];
    for (int i = 0; i < callers; i++) {
      load[i] = load(tool, arguments, 0);
    }
    try {
      return profile();
    } finally {
      stopLoad = true;
      CompletableFuture.allOf(load).join();
    }
  }

  @Test
  void withoutCallsThereIsNothingToSay() {
    JsonObject profile = profile();

    assertThat(profile.getJsonObject("advice").getString("verdict")).isEqualTo("no_traffic");
    assertThat(profile.getDouble("callsPerSecond")).isZero();
  }

  @Test
  void oneCallerKeepsOneWorkerBusy() {
    JsonObject profile = profileUnder(1, "sleep", "{\"seconds\": 0.05}");

    assertThat(profile.getDouble("meanRunMs")).isBetween(40.0, 250.0);
    assertThat(profile.getJsonObject("busyWorkers").getDouble("peak")).isEqualTo(1);
    assertThat(profile.getJsonObject("utilisation").getDouble("mean")).isBetween(0.2, 0.51);
    assertThat(profile.getJsonObject("outcomes").fieldNames()).containsExactly("OK");
    assertThat(profile.getJsonObject("advice").getString("verdict")).isIn("fits", "too_large");
  }

  @Test
  void moreCallersThanWorkersAreTooMany() {
    JsonObject profile = profileUnder(6, "sleep", "{\"seconds\": 0.05}");

    assertThat(profile.getInteger("peakQueued")).isPositive();
    assertThat(profile.getDouble("cpuShare")).as("of callers that sleep").isLessThan(0.5);
    assertThat(profile.getJsonObject("queueMs").getDouble("p50")).isPositive();
    assertThat(profile.getJsonObject("advice").getString("verdict")).isEqualTo("too_small");
  }
}
