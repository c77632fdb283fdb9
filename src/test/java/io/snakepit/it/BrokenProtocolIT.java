package io.snakepit.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.snakepit.Snakepit;
import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.SnakepitException;
import io.snakepit.bus.Addresses;
import io.snakepit.process.Signals;
import io.snakepit.testing.Leftovers;
import io.snakepit.testing.RunningSnakepit;
import io.snakepit.testing.TestAdapters;
import io.snakepit.testing.TestPython;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Workers and keepers break the protocol, and the pool recovers each time. */
class BrokenProtocolIT {
  private static final String FOREIGN =
      """
      import gc, os, time
      from snakepit import Adapter, Context, tool
      from snakepit.v1 import worker_pb2 as pb

      def link():
          return [o for o in gc.get_objects() if type(o).__name__ == "ProcessLoop"][0]._link

      MESSAGES = {
          "ready": lambda: link().write(pb.WorkerMessage(ready=pb.Ready()).SerializeToString(), b"[]"),
          "pong": lambda: link().write(pb.WorkerMessage(pong=pb.Pong()).SerializeToString()),
          "details": lambda: link().write(
              pb.WorkerMessage(failure=pb.Failure(id=1, details_json="{")).SerializeToString()),
          "garbage": lambda: os.write(link().fileno(), b"GET / HTTP/1.1\\r\\n\\r\\n"),
      }

      @tool
      def send(kind: str) -> None:
          MESSAGES[kind]()
          time.sleep(600)

      @tool
      def ask_badly() -> str:
          link().write(
              pb.WorkerMessage(host_call=pb.HostCall(id=1, tool="t")).SerializeToString(), b"{")
          return "asked"

      @tool
      def ok() -> bool:
          return True
      """;

  @TempDir Path directory;

  @AfterEach
  void nothingIsLeft() {
    Leftovers.assertNone(directory);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ready", "pong", "details", "garbage"})
  void aWorkerThatBreaksTheProtocolIsCutOffAndReplaced(String kind) {
    try (RunningSnakepit running = start()) {
      SnakepitException error = running.failure(Call.of("send").with("kind", kind));
      assertThat(error.code()).isEqualTo(ErrorCode.WORKER_CRASHED);
      assertThat(error.getMessage()).contains("broke the protocol");
      waitForReady(running);
      assertThat(running.call(Call.of("ok"))).isEqualTo(true);
    }
  }

  /** Fails if what comes before Ready is taken for an answer, and its worker for a good one. */
  @Test
  void aWorkerThatAnswersBeforeItIsReadyIsCutOff() {
    String module =
        TestAdapters.write(
            directory,
            "hasty",
            """
            import gc
            from snakepit import Adapter, tool
            from snakepit.v1 import worker_pb2 as pb

            class Hasty(Adapter):
                def start(self, worker) -> None:
                    answer = pb.WorkerMessage(result=pb.Result(id=1)).SerializeToString()
                    for each in gc.get_objects():
                        if type(each).__name__ == "Control":
                            each._work.write(answer, b"1")

                @tool
                def ok(self) -> bool:
                    return True
            """);
    assertThatThrownBy(() -> RunningSnakepit.start(directory, module, new JsonObject()).close())
        .hasMessageContaining("RESULT came before Ready");
  }

  @Test
  void aCallToTheHostThatIsNoJsonIsRefusedAndNothingElse() {
    try (RunningSnakepit running = start()) {
      assertThat(running.call(Call.of("ask_badly"))).isEqualTo("asked");
      assertThat(running.call(Call.of("ok"))).isEqualTo(true);
    }
  }

  @Test
  void aKeeperThatCannotBeStartedAgainIsTriedUntilItCan() throws Exception {
    try (RunningSnakepit running = start()) {
      Path library = library();
      Path away = library.resolveSibling("away");
      long worker = Pools.settledPids(running).get(0);
      long keeper =
          ProcessHandle.of(worker)
              .flatMap(ProcessHandle::parent)
              .flatMap(ProcessHandle::parent)
              .orElseThrow()
              .pid();
      Files.move(library, away);
      Signals.send(keeper, Signals.KILL);
      await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () ->
                  String.valueOf(pool(running).getString("lastError"))
                      .contains("could not be started"));
      Files.move(away, library);
      waitForReady(running);
      assertThat(running.call(Call.of("ok"))).isEqualTo(true);
    }
  }

  @Test
  void aStopDuringTheStartEndsWhatHasBegun() {
    TestAdapters.write(directory, "sleepy", TestAdapters.SLEEPY);
    JsonObject pool =
        new JsonObject()
            .put("adapter", "sleepy")
            .put("python", TestPython.executable().toString())
            .put("pythonPath", new JsonArray().add(directory.toString()))
            .put("size", 2)
            .put("shutdown", new JsonObject().put("termGraceMs", 100));
    Vertx vertx = Vertx.vertx();
    Snakepit snakepit =
        Snakepit.create(
            vertx,
            RunningSnakepit.options(
                directory, new JsonObject().put("pools", new JsonObject().put("default", pool))));
    Future<Snakepit> start = snakepit.start();
    await()
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptions()
        .until(
            () ->
                RunningSnakepit.await(
                            vertx
                                .eventBus()
                                .<JsonArray>request(Addresses.WORKERS, new JsonObject()))
                        .body()
                        .stream()
                        .filter(w -> ((JsonObject) w).getLong("pid") > 0)
                        .count()
                    == 2);
    RunningSnakepit.await(snakepit.stop());
    await().until(start::isComplete);
    assertThat(start.failed()).isTrue();
    RunningSnakepit.await(vertx.close());
  }

  private RunningSnakepit start() {
    String module = TestAdapters.write(directory, "foreign", FOREIGN);
    return RunningSnakepit.start(directory, module, new JsonObject());
  }

  private Path library() throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("data/lib"))) {
      return files.findFirst().orElseThrow();
    }
  }

  private static JsonObject pool(RunningSnakepit running) {
    return running.ask(Addresses.POOLS, new JsonObject().put("pool", "default"));
  }

  private static void waitForReady(RunningSnakepit running) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> pool(running).getInteger("ready") == 1 && pool(running).getInteger("busy") == 0);
  }
}
