package io.snakepit.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.snakepit.api.Call;
import io.snakepit.testing.Leftovers;
import io.snakepit.testing.RunningSnakepit;
import io.snakepit.testing.TestAdapters;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * F7: whichever step of a start fails, all is rolled back, and the next start in the same place
 * succeeds. The faults are made where they happen in life: on the disk, in the adapter's import, in
 * its {@code start()}, and by killing what the start relies on. Those of the keeper's own start are
 * in {@code process/KeeperStartIT}, a taken port, a missing interpreter and a second pool that
 * fails in {@link FailFastIT}. Fails without the {@code stop()} that follows a failed {@code
 * Snakepit.start}.
 */
class FailedStartIT {
  @TempDir Path directory;

  @AfterEach
  void nothingIsLeft() {
    Leftovers.assertNone(directory);
  }

  /** Each line of the adapter runs where {@code STEP} says; {@code run} is the run's directory. */
  private static final String SABOTEUR =
      """
      import os, pathlib, shutil, signal, time
      from snakepit import Adapter, tool
      here = pathlib.Path(__file__).parent
      run = here / "data" / "run" / os.environ["SNAKEPIT_RUN"]
      fault = os.environ.get("FAULT", "")

      def sabotage():
          if fault == "exit": os._exit(3)
          if fault == "abort": os.abort()
          if fault == "hang": time.sleep(600)
          if fault == "kill parent": os.kill(os.getppid(), signal.SIGKILL); time.sleep(600)
          if fault == "stop": os.kill(os.getpid(), signal.SIGSTOP)
          if fault == "no door": (run / "default.sock").unlink()
          if fault == "no records": shutil.rmtree(run / "records")

      if os.environ.get("STEP") == "import":
          sabotage()

      class A(Adapter):
          def start(self, worker):
              if os.environ.get("STEP") == "start" and worker.worker_id.endswith("-2"):
                  sabotage()
          @tool
          def ok(self) -> bool:
              return True
      """;

  private RunningSnakepit start(JsonObject pool) {
    String module = TestAdapters.write(directory, "saboteur", SABOTEUR);
    JsonObject startup = new JsonObject().put("timeoutMs", 2_000).put("batch", 1);
    return RunningSnakepit.start(
        directory, module, new JsonObject().put("size", 3).put("startup", startup).mergeIn(pool));
  }

  private void assertTheNextStartSucceeds() {
    JsonObject patient = new JsonObject().put("timeoutMs", 60_000);
    try (RunningSnakepit running = start(new JsonObject().put("startup", patient))) {
      assertThat(running.call(Call.of("ok"))).isEqualTo(true);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "import, exit,        forkserver, ended with status 3",
    "import, abort,       forkserver, ended with signal 6",
    "import, hang,        forkserver, startup.timeoutMs=2000",
    "import, stop,        forkserver, startup.timeoutMs=2000",
    "import, kill parent, forkserver, keeper",
    "import, no door,     forkserver, can't reach the host",
    "import, no records,  forkserver, dataDir",
    "import, exit,        spawn,      ended with status 3",
    "import, hang,        spawn,      startup.timeoutMs=2000",
    "import, kill parent, spawn,      keeper",
    "import, no door,     spawn,      can't reach the host",
    "start,  exit,        forkserver, ended with status 3",
    "start,  abort,       forkserver, signal 6",
    "start,  hang,        forkserver, startup.timeoutMs=2000",
    "start,  stop,        forkserver, startup.timeoutMs=2000",
    "start,  kill parent, forkserver, signal 9",
    "start,  no door,     forkserver, can't reach the host",
    "start,  exit,        spawn,      ended with status 3",
    "start,  stop,        spawn,      startup.timeoutMs=2000",
    "start,  kill parent, spawn,      keeper",
  })
  void aStepThatFailsIsRolledBack(String step, String fault, String method, String told) {
    JsonObject pool =
        new JsonObject()
            .put("startMethod", method)
            .put("env", new JsonObject().put("STEP", step).put("FAULT", fault));
    assertThatThrownBy(() -> start(pool)).hasMessageContaining(told);
    Leftovers.assertNone(directory);
    assertTheNextStartSucceeds();
  }

  @ParameterizedTest
  @ValueSource(strings = {"data", "data/lib", "data/run"})
  void aDataDirectoryThatIsNoneIsNamed(String file) throws Exception {
    Path path = directory.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, "in the way");
    assertThatThrownBy(() -> start(new JsonObject()))
        .hasMessageContaining("dataDir")
        .hasMessageContaining(directory.resolve("data").toString());
    Files.delete(path);
    assertTheNextStartSucceeds();
  }

  /** An earlier version, or a curious user, may have left these there. */
  @Test
  void strangeThingsAmongTheRunsAreNoReasonToFail() throws Exception {
    Path runs = Files.createDirectories(directory.resolve("data/run"));
    Files.writeString(runs.resolve("notes.txt"), "mine");
    Files.createDirectory(runs.resolve("folder"));
    assertTheNextStartSucceeds();
    assertThat(runs.resolve("notes.txt")).exists();
    Files.delete(runs.resolve("notes.txt"));
  }
}
