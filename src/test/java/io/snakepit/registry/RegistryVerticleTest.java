package io.snakepit.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.ErrorCode;
import io.snakepit.api.SnakepitException;
import io.snakepit.bus.Addresses;
import io.snakepit.bus.Codecs;
import io.snakepit.testing.RunningSnakepit;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of what the registry answers on the bus. */
class RegistryVerticleTest {
  private static final String RUN = "r1";

  @TempDir Path dataDir;
  private final Vertx vertx = Vertx.vertx();
  private RunDirectory directory;

  @BeforeEach
  void deploy() throws Exception {
    Codecs.register(vertx.eventBus());
    directory = RunDirectory.create(dataDir, "i", RUN, RunDirectory.path(dataDir, RUN));
    RunningSnakepit.await(
        vertx.deployVerticle(
            new RegistryVerticle(dataDir, directory), RegistryVerticle.DEPLOYMENT));
  }

  @AfterEach
  void close() throws Exception {
    RunningSnakepit.await(vertx.close());
    directory.remove();
  }

  private Object ask(String address, JsonObject body) {
    return RunningSnakepit.await(vertx.eventBus().request(address, body)).body();
  }

  private static JsonObject worker(String name) {
    return new JsonObject().put("name", name).put("kind", "worker").put("pool", "main");
  }

  private SnakepitException refusal(String address, JsonObject body) {
    try {
      ask(address, body);
    } catch (RunningSnakepit.FailedException e) {
      return (SnakepitException) e.getCause();
    }
    throw new AssertionError("should have been refused: " + body);
  }

  @Test
  void remembersAndForgets() {
    ask(Addresses.reserve(RUN), worker("main-1"));
    ask(
        Addresses.activate(RUN),
        new JsonObject().put("name", "main-1").put("pid", 4711).put("startTicks", 9));
    JsonObject only = ((JsonArray) ask(Addresses.REGISTRY, new JsonObject())).getJsonObject(0);
    assertThat(only.getString("name")).isEqualTo("main-1");
    assertThat(only.getString("kind")).isEqualTo("worker");
    assertThat(only.getString("state")).isEqualTo("active");
    assertThat(only.getLong("pid")).isEqualTo(4711);
    ask(Addresses.release(RUN), new JsonObject().put("name", "main-1"));
    assertThat((JsonArray) ask(Addresses.REGISTRY, new JsonObject())).isEmpty();
  }

  /** Fails if a name that leads elsewhere becomes that of a file. */
  @ParameterizedTest
  @ValueSource(strings = {"../escape", "/etc/passwd", "", ".hidden", "a b"})
  void aNameThatLeadsElsewhereIsRefused(String name) {
    SnakepitException refusal = refusal(Addresses.reserve(RUN), worker(name));
    assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
    assertThat(refusal.getMessage()).contains("name must be a name");
  }

  @Test
  void anUnknownKindAndAMissingNameAreRefused() {
    assertThat(refusal(Addresses.reserve(RUN), worker("a").put("kind", "cat")).code())
        .isEqualTo(ErrorCode.INVALID_REQUEST);
    assertThat(refusal(Addresses.release(RUN), new JsonObject()).code())
        .isEqualTo(ErrorCode.INVALID_REQUEST);
  }

  /** Fails if a full disk, or somebody's {@code rm}, is not named. */
  @Test
  void aDiskThatCannotBeWrittenIsNamed() throws Exception {
    FileTree.delete(directory.records());
    SnakepitException refusal = refusal(Addresses.reserve(RUN), worker("main-1"));
    assertThat(refusal.code()).isEqualTo(ErrorCode.INTERNAL);
    assertThat(refusal.getMessage()).contains("dataDir").contains(dataDir.toString());
  }
}
