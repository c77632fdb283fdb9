package io.snakepit.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.snakepit.SnakepitVerticle;
import io.snakepit.api.ErrorCode;
import io.snakepit.testing.Leftovers;
import io.snakepit.testing.RecordedLog;
import io.snakepit.testing.RunningSnakepit;
import io.snakepit.testing.TestAdapters;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A verticle that is undeployed, and a Vert.x that is closed, drain as a stop does. */
class OrderlyEndIT {
  @RegisterExtension final RecordedLog log = new RecordedLog();
  @TempDir Path directory;
  private final Vertx vertx = RunningSnakepit.newVertx();
  private final HttpClient http = HttpClient.newHttpClient();
  private String url;

  @BeforeEach
  void findPort() throws IOException {
    url = "http://127.0.0.1:" + DistantMember.freePort();
  }

  @AfterEach
  void nothingIsLeft() {
    RunningSnakepit.await(vertx.close());
    Leftovers.assertNone(directory);
  }

  private String deploy(JsonObject pool) {
    String module = TestAdapters.write(directory, "pressure", TestAdapters.PRESSURE);
    JsonObject keys =
        new JsonObject()
            .put("adapter", module)
            .put("python", io.snakepit.testing.TestPython.executable().toString())
            .put("pythonPath", new JsonArray().add(directory.toString()))
            .put("size", 1)
            .mergeIn(pool);
    JsonObject configuration =
        new JsonObject()
            .put("http", new JsonObject().put("port", URI.create(url).getPort()))
            .put("pools", new JsonObject().put("default", keys));
    return RunningSnakepit.await(
        vertx.deployVerticle(
            new SnakepitVerticle(RunningSnakepit.options(directory, configuration))));
  }

  private CompletableFuture<HttpResponse<String>> call(String tool, JsonObject arguments) {
    return http.sendAsync(
        HttpRequest.newBuilder(URI.create(url + "/v1/pools/default/tools/" + tool))
            .timeout(Duration.ofSeconds(60))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(arguments.encode()))
            .build(),
        BodyHandlers.ofString());
  }

  private JsonObject pool() throws Exception {
    HttpRequest look = HttpRequest.newBuilder(URI.create(url + "/v1/pools/default")).build();
    return new JsonObject(http.send(look, BodyHandlers.ofString()).body());
  }

  private Path sign() {
    return directory.resolve("end");
  }

  /** Has one call run and another wait, and then everything end. */
  private void assertDrains(Function<String, Future<Void>> end) throws Exception {
    JsonObject patient =
        new JsonObject()
            .put("queueTimeoutMs", 60_000)
            .put("shutdown", new JsonObject().put("drainMs", 60_000));
    String id = deploy(patient);
    var running = call("nap_until", new JsonObject().put("path", sign().toString()));
    await().atMost(Pools.PATIENCE).until(() -> pool().getInteger("running") == 1);
    var queued = call("ping", new JsonObject());
    await().atMost(Pools.PATIENCE).until(() -> pool().getInteger("queued") == 1);

    Future<Void> ended = end.apply(id);

    // A call that comes before the end has begun waits in the queue, until its sign.
    await().atMost(Pools.PATIENCE).until(() -> pool().getString("state").equals("draining"));
    assertRefused(call("ping", new JsonObject()).get(60, TimeUnit.SECONDS));
    JsonObject ping = new JsonObject().put("tool", "ping");
    assertThat(Pools.failureOf(vertx.eventBus().request("snakepit.execute", ping)).code())
        .isEqualTo(ErrorCode.SHUTTING_DOWN);
    assertThat(ended.isComplete()).isFalse();
    Files.createFile(sign());

    assertThat(running.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    assertThat(queued.get(60, TimeUnit.SECONDS).body()).isEqualTo("\"pong\"");
    RunningSnakepit.await(ended);
    Leftovers.assertNone(directory);
    log.assertQuiet();
  }

  private static void assertRefused(HttpResponse<String> response) {
    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(new JsonObject(response.body()).getString("code")).isEqualTo("SHUTTING_DOWN");
  }

  /** Fails if the parts of the host are children of the verticle: Vert.x ends these first. */
  @Test
  void anUndeployedVerticleDrains() throws Exception {
    assertDrains(vertx::undeploy);
    assertThat(vertx.deploymentIDs()).isEmpty();
  }

  /** Fails if a closing Vert.x ends the HTTP server at once, as it does with any of its own. */
  @Test
  void aClosedVertxDrains() throws Exception {
    assertDrains(id -> vertx.close());
  }

  @Test
  void anUndeployedVerticleCancelsWhatIsNotOverInTime() throws Exception {
    String id = deploy(new JsonObject().put("shutdown", new JsonObject().put("drainMs", 200)));
    assertCutsShort(() -> vertx.undeploy(id));
  }

  @Test
  void aClosedVertxCancelsWhatIsNotOverInTime() throws Exception {
    deploy(new JsonObject().put("shutdown", new JsonObject().put("drainMs", 200)));
    assertCutsShort(vertx::close);
  }

  private void assertCutsShort(java.util.function.Supplier<Future<Void>> end) throws Exception {
    var running = call("nap_until", new JsonObject().put("path", sign().toString()));
    await().atMost(Pools.PATIENCE).until(() -> pool().getInteger("running") == 1);
    var queued = call("ping", new JsonObject());
    await().atMost(Pools.PATIENCE).until(() -> pool().getInteger("queued") == 1);
    RunningSnakepit.await(end.get());
    assertThat(running.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(499);
    assertRefused(queued.get(60, TimeUnit.SECONDS));
  }

  private static final String ENDINGS =
      """
      import atexit, os
      from snakepit import Adapter, tool

      def end(what: str) -> None:
          with open(os.environ["ENDS"], "a") as file:
              file.write(what + "\\n")

      atexit.register(end, "import")

      class Endings(Adapter):
          def start(self, worker) -> None:
              atexit.register(end, worker.worker_id)

          @tool
          def ping(self) -> str:
              return "pong"
      """;

  /** Fails if the host ends the keeper's pipe at once, or the keeper kills its fork server. */
  @Test
  void exitHandlersRunInEachWorkerAndThoseOfTheImportOnce() throws Exception {
    Path ends = directory.resolve("ends");
    String id =
        deploy(
            new JsonObject()
                .put("adapter", TestAdapters.write(directory, "endings", ENDINGS))
                .put("startMethod", "forkserver")
                .put("size", 2)
                .put("shutdown", new JsonObject().put("termGraceMs", 30_000))
                .put("env", new JsonObject().put("ENDS", ends.toString())));

    RunningSnakepit.await(vertx.undeploy(id));

    assertThat(Files.readAllLines(ends))
        .containsExactlyInAnyOrder("default-1", "default-2", "import");
    Leftovers.assertNone(directory);
    log.assertQuiet();
  }
}
