package io.snakepit.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.testing.Leftovers;
import io.snakepit.testing.RunningSnakepit;
import io.snakepit.testing.TestAdapters;
import io.snakepit.testing.TestPython;
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
    TestAdapters.write(
        directory,
        "sleepy",
        """
        import time
        from snakepit import Adapter, tool
        class A(Adapter):
            def start(self, worker):
                time.sleep(600)
            @tool
            def t(self) -> int:
                return 1
        """);
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
