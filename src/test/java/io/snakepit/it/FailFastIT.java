package io.snakepit.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.testing.Leftovers;
import io.snakepit.testing.RunningSnakepit;
import io.snakepit.testing.TestAdapters;
import io.snakepit.testing.TestPython;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A start that can't succeed fails at once, says why, and leaves nothing behind. */
class FailFastIT {
  @TempDir Path directory;

  @AfterEach
  void nothingIsLeft() {
    Leftovers.assertNone(directory);
  }

  /** F1. Fails if {@code Interpreter.find} does not run what it has found. */
  @Test
  void anInterpreterThatDoesNotExistIsNamedWithItsSetting() {
    long before = System.nanoTime();
    assertThatThrownBy(() -> start(new JsonObject().put("python", "/no/such/python")))
        .hasMessageContaining("/no/such/python")
        .hasMessageContaining("pools.default.python");
    // The bound is 2 s on an idle machine; this one may be busy.
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(20));
  }

  /** F1. */
  @Test
  void aProgramThatIsNoPythonIsNamed() {
    assertThatThrownBy(() -> start(new JsonObject().put("python", "/bin/true")))
        .hasMessageContaining("/bin/true")
        .hasMessageContaining("pools.default.python");
  }

  /** F2. */
  @Test
  void anAdapterThatCannotBeFoundIsNamedWithItsSetting() {
    assertThatThrownBy(() -> start(new JsonObject().put("adapter", "no_such_module")))
        .hasMessageContaining("pools.default.adapter")
        .hasMessageContaining("no_such_module");
  }

  /** F2. Fails without the traceback in {@code _forkserver/server.describe}. */
  @Test
  void anAdapterThatRaisesOnImportFailsTheStartWithItsTraceback() {
    for (String method : new String[] {"forkserver", "spawn"}) {
      TestAdapters.write(
          directory, "broken", "def f():\n    raise RuntimeError('no GPU here')\nf()\n");
      assertThatThrownBy(
              () -> start(new JsonObject().put("adapter", "broken").put("startMethod", method)))
          .as(method)
          .hasMessageContaining("RuntimeError: no GPU here")
          .hasMessageContaining("broken.py\", line 2")
          .hasMessageContaining("Traceback");
    }
  }

  /** Fails without {@code _tools/shadowing.explanation}. */
  @Test
  void aFileThatTheInterpretersOwnModuleHidesIsNamed() {
    TestAdapters.write(directory, "types", "class Shape: pass\n");
    TestAdapters.write(directory, "shapes", "from types import Shape\n");
    for (String method : new String[] {"forkserver", "spawn"}) {
      assertThatThrownBy(
              () -> start(new JsonObject().put("adapter", "shapes").put("startMethod", method)))
          .as(method)
          .hasMessageContaining("shapes.py\", line 1")
          .hasMessageContaining("types.py is hidden by the interpreter's own module types");
    }
  }

  /** Fails where a fork server's last words are not told with its end. */
  @Test
  void aFileThatHidesTheInterpretersOwnModuleIsNamed() {
    TestAdapters.write(directory, "json", "WRONG = True\n");
    TestAdapters.write(directory, "sitecustomize", "import json\n");
    TestAdapters.write(directory, "fine", "");
    JsonObject environment = new JsonObject().put("PYTHONPATH", directory.toString());
    for (String method : new String[] {"forkserver", "spawn"}) {
      JsonObject pool =
          new JsonObject()
              .put("adapter", "fine")
              .put("startMethod", method)
              .put("env", environment);
      assertThatThrownBy(() -> start(pool))
          .as(method)
          .hasMessageContaining("Traceback")
          .hasMessageContaining("json.py hides the interpreter's own module json: rename it");
    }
  }

  /** F2. Fails without the traceback in the worker's complaint. */
  @Test
  void anAdapterWhoseStartRaisesFailsTheStartWithItsTraceback() {
    TestAdapters.write(
        directory,
        "slow",
        """
        from snakepit import Adapter, tool
        class A(Adapter):
            def start(self, worker):
                raise OSError("no licence for " + worker.pool)
            @tool
            def t(self) -> int:
                return 1
        """);
    assertThatThrownBy(() -> start(new JsonObject().put("adapter", "slow")))
        .hasMessageContaining("OSError: no licence for default")
        .hasMessageContaining("slow.py");
  }

  @Test
  void anAdapterThatTakesTooLongToStartFailsTheStart() {
    TestAdapters.write(directory, "sleepy", TestAdapters.SLEEPY);
    assertThatThrownBy(
            () ->
                start(
                    new JsonObject()
                        .put("adapter", "sleepy")
                        .put("startup", new JsonObject().put("timeoutMs", 500))))
        .hasMessageContaining("startup.timeoutMs=500");
  }

  /** F4. Fails if {@code HttpVerticle} hides that it can't listen. */
  @Test
  void aPortThatIsTakenIsNamedWithItsSetting() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      JsonObject http = new JsonObject().put("port", taken.getLocalPort());
      assertThatThrownBy(
              () ->
                  RunningSnakepit.start(
                      directory, new JsonObject().put("http", http).put("pools", pools("default"))))
          .hasMessageContaining(String.valueOf(taken.getLocalPort()))
          .hasMessageContaining("http.port");
    }
  }

  /** Fails where Vert.x lets two servers of its own share a port, each with half of the clients. */
  @Test
  void aPortThatAServerOfTheSameVertxHasIsTaken() throws Exception {
    Vertx vertx = RunningSnakepit.newVertx();
    HttpServer others =
        RunningSnakepit.await(
            vertx
                .createHttpServer()
                .requestHandler(request -> request.response().end("others"))
                .listen(DistantMember.freePort(), "127.0.0.1"));
    JsonObject http = new JsonObject().put("port", others.actualPort());
    assertThatThrownBy(
            () ->
                RunningSnakepit.start(
                    vertx,
                    directory,
                    new JsonObject().put("http", http).put("pools", pools("default"))))
        .hasMessageContaining("http.port: can't listen on port " + others.actualPort())
        .hasMessageContaining("a server of the same Vert.x listens there already");
  }

  @Test
  void aPortThatAnotherSnakepitHasIsTaken() throws Exception {
    JsonObject http = new JsonObject().put("port", DistantMember.freePort());
    JsonObject both = new JsonObject().put("http", http).put("pools", pools("default"));
    try (RunningSnakepit first = RunningSnakepit.start(directory.resolve("1"), both)) {
      assertThatThrownBy(() -> RunningSnakepit.start(directory.resolve("2"), both))
          .hasMessageContaining("http.port: can't listen on port");
      assertThat(first.call(Call.of("ping"))).isEqualTo("pong");
    }
  }

  /** F5. Fails if {@code PoolVerticle.begin} does not look at {@code required}. */
  @Test
  void aBrokenPoolThatIsNotRequiredRefusesItsCallsWithTheReason() {
    JsonObject pools = pools("default").mergeIn(pools("broken"));
    pools.getJsonObject("broken").put("adapter", "no_such_module").put("required", false);
    try (RunningSnakepit running =
        RunningSnakepit.start(directory, new JsonObject().put("pools", pools))) {
      assertThat(running.call(Call.of("ping"))).isEqualTo("pong");
      var error = running.failure(Call.of("ping").pool("broken"));
      assertThat(error.code()).isEqualTo(ErrorCode.POOL_UNAVAILABLE);
      assertThat(error.getMessage()).contains("no_such_module");
    }
  }

  /** F6. Fails without the {@code stop()} that follows a failed {@code Snakepit.start}. */
  @Test
  void aBrokenPoolThatIsRequiredFailsTheWholeStart() {
    JsonObject pools = pools("default").mergeIn(pools("broken"));
    pools.getJsonObject("broken").put("adapter", "no_such_module");
    assertThatThrownBy(() -> RunningSnakepit.start(directory, new JsonObject().put("pools", pools)))
        .hasMessageContaining("pools.broken.adapter");
  }

  @Test
  void aDataDirThatCannotBeWrittenIsNamedWithItsSetting() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "in the way");
    assertThatThrownBy(
            () ->
                RunningSnakepit.start(
                    directory,
                    new JsonObject()
                        .put("dataDir", file.resolve("data").toString())
                        .put("pools", pools("default"))))
        .hasMessageContaining("dataDir")
        .hasMessageContaining(file.toString());
  }

  private void start(JsonObject pool) {
    String adapter = pool.getString("adapter", "snakepit.adapters.showcase");
    RunningSnakepit.start(directory, adapter, pool).close();
  }

  private JsonObject pools(String name) {
    JsonObject pool =
        new JsonObject()
            .put("python", TestPython.executable().toString())
            .put("pythonPath", new JsonArray().add(directory.toString()))
            .put("size", 1);
    return new JsonObject().put(name, pool);
  }
}
