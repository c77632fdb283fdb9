package io.snakepit.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.snakepit.Snakepit;
import io.snakepit.SnakepitVerticle;
import io.snakepit.config.InvalidOptionsException;
import io.snakepit.testing.Leftovers;
import io.snakepit.testing.RunningSnakepit;
import io.snakepit.testing.TestPython;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code SnakepitVerticle} as users of Vert.x deploy verticles, and that one Vert.x has one. */
class VerticleIT {
  private static final String NAME = SnakepitVerticle.class.getName();

  @TempDir Path folder;
  private final Vertx vertx = RunningSnakepit.newVertx();

  @AfterEach
  void nothingIsLeft() {
    RunningSnakepit.await(vertx.close());
    Leftovers.assertNone(folder);
  }

  private JsonObject config() {
    JsonObject pool =
        new JsonObject().put("size", 1).put("python", TestPython.executable().toString());
    return new JsonObject()
        .put("dataDir", folder.resolve("data").toString())
        .put("http", new JsonObject().put("port", 0))
        .put("pools", new JsonObject().put("default", pool));
  }

  private String deploy(JsonObject config) {
    return RunningSnakepit.await(
        vertx.deployVerticle(NAME, new DeploymentOptions().setConfig(config)));
  }

  private Object add() {
    JsonObject call =
        new JsonObject().put("tool", "add").put("args", new JsonObject().put("a", 1).put("b", 2));
    return RunningSnakepit.await(vertx.eventBus().<JsonObject>request("snakepit.execute", call))
        .body()
        .getValue("result");
  }

  private static void assertRefused(ThrowingCallable start) {
    assertThatThrownBy(start)
        .hasRootCauseInstanceOf(IllegalStateException.class)
        .hasMessageContaining("this Vert.x has a Snakepit already")
        .hasMessageContaining("a Vert.x of its own");
  }

  @Test
  void isDeployedByNameWithItsConfig() {
    String id = deploy(config());
    assertThat(add()).isEqualTo(3);
    RunningSnakepit.await(vertx.undeploy(id));
    assertThat(vertx.deploymentIDs()).isEmpty();
    Leftovers.assertNone(folder);
  }

  @Test
  void readsTheFileThatItsConfigNames() throws Exception {
    Path file = Files.writeString(folder.resolve("host.yaml"), config().put("http", 5).encode());
    deploy(
        new JsonObject()
            .put("configFile", file.toString())
            .put("http", new JsonObject().put("enabled", false)));
    assertThat(add()).isEqualTo(3);
  }

  @Test
  void aWrongConfigurationFailsTheDeploymentWithEveryFault() {
    JsonObject wrong = config().put("http", new JsonObject().put("port", -1)).put("colour", "red");
    assertThatThrownBy(() -> deploy(wrong))
        .hasRootCauseInstanceOf(InvalidOptionsException.class)
        .hasMessageContaining("http.port must be a whole number between 0 and 65535: got -1")
        .hasMessageContaining("colour");
    assertThat(vertx.deploymentIDs()).isEmpty();
    deploy(config());
  }

  @Test
  void aSecondIsRefusedUntilTheFirstHasStopped() {
    String first = deploy(config());
    assertRefused(() -> deploy(config()));
    assertThat(add()).as("the first is not hurt").isEqualTo(3);
    RunningSnakepit.await(vertx.undeploy(first));
    deploy(config());
    assertThat(add()).isEqualTo(3);
  }

  @Test
  void aSecondStartInJavaIsRefusedAndMayBeTriedAgain() {
    Snakepit first = snakepit();
    RunningSnakepit.await(first.start());
    Snakepit second = snakepit();
    assertRefused(() -> RunningSnakepit.await(second.start()));
    assertRefused(() -> deploy(config()));
    RunningSnakepit.await(first.stop());
    RunningSnakepit.await(second.start());
    assertThat(add()).isEqualTo(3);
    RunningSnakepit.await(second.stop());
  }

  private Snakepit snakepit() {
    return Snakepit.create(vertx, RunningSnakepit.options(folder, config()));
  }

  @Test
  void aStartThatFailedLeavesRoomForTheNext() {
    JsonObject broken = config();
    broken.getJsonObject("pools").getJsonObject("default").put("adapter", "no_such_module");
    assertThatThrownBy(() -> deploy(broken)).hasMessageContaining("no_such_module");
    deploy(config());
    assertThat(add()).isEqualTo(3);
  }

  @Test
  void severalInstancesOfADeploymentAreRefusedAndNoneIsLeft() {
    DeploymentOptions two = new DeploymentOptions().setConfig(config()).setInstances(2);
    assertRefused(() -> RunningSnakepit.await(vertx.deployVerticle(NAME, two)));
    assertThat(vertx.deploymentIDs()).isEmpty();
    Leftovers.assertNone(folder);
    deploy(config());
    assertThat(add()).isEqualTo(3);
  }
}
