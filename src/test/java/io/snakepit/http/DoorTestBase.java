package io.snakepit.http;

import io.snakepit.bus.PoolClient;
import io.snakepit.config.HttpOptions;
import io.snakepit.config.SnakepitOptions;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Gives each test a door of its own, on a free port, with a {@link FakeExecutor} behind it. */
abstract class DoorTestBase {
  static final String ECHO = "/v1/pools/default/tools/echo";
  static final String JSON = "Content-Type: application/json";
  static final int MAX_BODY = 1_000_000;

  /** The default of {@code http.idleTimeoutMs}, in seconds. */
  static final int IDLE_SECONDS = 75;

  final FakeExecutor executor = new FakeExecutor();
  Vertx vertx;
  HttpVerticle door;
  String deployment;
  Probe probe;

  VertxOptions vertxOptions() {
    return new VertxOptions();
  }

  /** Returns the keys that open the door. */
  List<String> apiKeys() {
    return List.of();
  }

  @BeforeEach
  void open() throws Exception {
    vertx = Vertx.vertx(vertxOptions());
    door = newDoor(0, null);
    deployment = await(vertx.deployVerticle(door));
    // Its own seconds would come among those that a test lets pass.
    door.stopClock();
    probe = connect();
  }

  HttpOptions options(int port) {
    JsonObject http =
        settings().put("port", port).put("apiKeys", new JsonArray(List.copyOf(apiKeys())));
    return SnakepitOptions.fromJson(new JsonObject().put("http", http)).http();
  }

  /** Returns what is set below {@code http}, besides port and keys. */
  JsonObject settings() {
    return new JsonObject().put("maxBodyBytes", MAX_BODY);
  }

  /** Makes a door that is not deployed yet. */
  HttpVerticle newDoor(int port, @Nullable Context neighbour) {
    PoolClient pools = new PoolClient(vertx.eventBus(), () -> false);
    return new HttpVerticle(options(port), executor, pools, neighbour);
  }

  Probe connect() throws IOException {
    return new Probe(door.actualPort());
  }

  @AfterEach
  void close() throws Exception {
    probe.close();
    await(vertx.close());
  }

  /** Lets seconds pass for the door, at once. */
  void pass(int seconds) throws Exception {
    await(
        onDoor(
            scope -> {
              for (int i = 0; i < seconds; i++) {
                scope.tick();
              }
              return seconds;
            }));
  }

  /** Returns how many connections the door has. */
  int connections() throws Exception {
    return await(onDoor(scope -> scope.connections().count()));
  }

  private <T> Future<T> onDoor(Function<ServerScope, T> question) {
    Promise<T> answer = Promise.promise();
    door.serverContext().runOnContext(here -> answer.complete(question.apply(door.scope())));
    return answer.future();
  }

  static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
