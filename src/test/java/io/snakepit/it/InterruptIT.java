package io.snakepit.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.Result;
import io.snakepit.testing.RunningSnakepit;
import io.snakepit.testing.TestAdapters;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Real workers whose calls are interrupted, and what is left of that for the next call. */
class InterruptIT {
  private static final String ADAPTER =
      """
      import os
      import re
      import socket
      import subprocess
      import time

      from snakepit import Adapter, tool


      class Interrupted(Adapter):
          def start(self, worker):
              self.port = int(os.environ.get("ANSWERING", "0"))
              if self.port:
                  self.kept = socket.create_connection(("127.0.0.1", self.port))
                  self.answers = self.kept.makefile("r", encoding="utf-8")

              self.helper = subprocess.Popen(["sleep", "600"])

          @tool
          def pid(self) -> int:
              return os.getpid()

          @tool
          def start_some(self, place: str) -> None:
              child = subprocess.Popen(["sleep", "600"]).pid
              ends, begins = os.pipe()
              time.sleep(0.02)  # what detaches itself sooner may be of the call before
              if not os.fork():
                  os.setsid()
                  daemon = os.fork()
                  if daemon:
                      os.write(begins, str(daemon).encode())
                      os._exit(0)
                  os.execvp("sleep", ["sleep", "600"])
              daemon = os.read(ends, 100).decode()
              with open(place + ".new", "w") as file:
                  file.write(f"{self.helper.pid} {child} {daemon}")
              os.rename(place + ".new", place)
              time.sleep(600)

          @tool
          def match(self, length: int) -> bool:
              return re.match(r"(a+)+$", "a" * length + "b") is not None

          @tool
          def ask(self, text: str) -> str:
              self.kept.sendall(text.encode() + b"\\n")
              return self.answers.readline().strip()
      """;

  private static final String ON_LOOP =
      """
      import asyncio
      import os
      import re

      from snakepit import tool


      @tool
      async def match(length: int) -> bool:
          return re.match(r"(a+)+$", "a" * length + "b") is not None


      @tool
      async def wait(seconds: float) -> int:
          await asyncio.sleep(seconds)
          return os.getpid()


      @tool
      async def loop() -> str:
          return type(asyncio.get_running_loop()).__module__.split(".")[0]
      """;

  @TempDir static Path directory;

  /**
   * Fails if the signal comes from inside the worker alone: what would send it waits for the lock
   * that the search holds, and the worker is replaced.
   */
  @ParameterizedTest
  @ValueSource(strings = {"forkserver", "spawn"})
  void codeThatHoldsTheLockAndLooksForSignalsIsInterruptedFromOutside(String startMethod) {
    String module = TestAdapters.write(directory, "interrupted", ADAPTER);
    JsonObject pool =
        new JsonObject()
            .put("size", 1)
            .put("startMethod", startMethod)
            .put("cancelGraceMs", 30_000)
            .put("queueTimeoutMs", 60_000);
    try (RunningSnakepit running = RunningSnakepit.start(directory, module, pool)) {
      Object pid = running.call(Call.of("pid"));
      Call search = Call.of("match").with("length", 64).timeoutMs(100);
      assertThat(running.failure(search).code()).isEqualTo(ErrorCode.EXECUTE_TIMEOUT);
      assertThat(running.call(Call.of("pid").timeoutMs(25_000))).isEqualTo(pid);
    }
  }

  /**
   * Fails if the signal does not come from outside in profile {@code async}, too: the worker is
   * killed with the calls of others.
   */
  @ParameterizedTest
  @CsvSource({"uvloop, forkserver", "uvloop, spawn", "asyncio, forkserver", "asyncio, spawn"})
  void onAnEventLoopNobodyElseIsHurt(String loop, String startMethod) throws IOException {
    String module = TestAdapters.write(directory, "on_loop", ON_LOOP);
    Path without = Files.createDirectories(directory.resolve("without-uvloop"));
    Files.writeString(without.resolve("uvloop.py"), "raise ImportError");
    JsonObject pool =
        new JsonObject()
            .put("size", 1)
            .put("startMethod", startMethod)
            .put("profile", "async")
            .put("concurrency", 8)
            .put("cancelGraceMs", 30_000)
            .put("executeTimeoutMs", 60_000);
    if (loop.equals("asyncio")) {
      pool.put("pythonPath", List.of(without.toString(), directory.toString()));
    }
    try (RunningSnakepit running = RunningSnakepit.start(directory, module, pool)) {
      assertThat(running.call(Call.of("loop"))).isEqualTo(loop);
      Object pid = running.call(Call.of("wait").with("seconds", 0));
      Future<Result> neighbour =
          running.snakepit().execute(Call.of("wait").with("seconds", 2).timeoutMs(25_000));
      Call search = Call.of("match").with("length", 64).timeoutMs(1_000);
      assertThat(running.failure(search).code()).isEqualTo(ErrorCode.EXECUTE_TIMEOUT);
      assertThat(RunningSnakepit.await(neighbour).json()).isEqualTo(pid);
      assertThat(running.call(Call.of("wait").with("seconds", 0))).isEqualTo(pid);
    }
  }

  /**
   * Fails if what a call has started outlives its interruption, be it detached, or if what was
   * there before does not.
   */
  @ParameterizedTest
  @ValueSource(strings = {"forkserver", "spawn"})
  void processesThatAnInterruptedCallHasStartedAreEnded(String startMethod) throws IOException {
    String module = TestAdapters.write(directory, "interrupted", ADAPTER);
    Path place = directory.resolve("pids-" + startMethod);
    JsonObject pool = new JsonObject().put("size", 1).put("startMethod", startMethod);
    try (RunningSnakepit running = RunningSnakepit.start(directory, module, pool)) {
      running.call(Call.of("pid"));
      running
          .snakepit()
          .execute(Call.of("start_some").with("place", place.toString()).id("starts"));
      await().atMost(Pools.PATIENCE).until(() -> Files.exists(place));
      running.snakepit().cancel("starts");
      Pools.awaitRunning(running, 0);
      List<Boolean> lives =
          Arrays.stream(Files.readString(place).split(" ")).map(InterruptIT::lives).toList();
      assertThat(lives).containsExactly(true, false, false);
    }
  }

  private static boolean lives(String pid) {
    try {
      return !Files.readString(Path.of("/proc", pid, "stat")).contains(") Z ");
    } catch (IOException gone) {
      return false;
    }
  }

  /**
   * Keeping a worker whose call has left the next one's answer behind in a kept connection is what
   * {@code afterInterrupt: replace} is there for. Fails if that keeps it too.
   */
  @ParameterizedTest
  @CsvSource({"keep,answer to first", "replace,answer to second"})
  void anInterruptedRequestLeavesTheNextOnesAnswerBehind(String afterInterrupt, String second)
      throws IOException {
    String module = TestAdapters.write(directory, "interrupted", ADAPTER);
    try (Answering server = new Answering()) {
      JsonObject pool =
          new JsonObject()
              .put("size", 1)
              .put("afterInterrupt", afterInterrupt)
              .put("queueTimeoutMs", 60_000)
              .put("env", new JsonObject().put("ANSWERING", Integer.toString(server.port())));
      try (RunningSnakepit running = RunningSnakepit.start(directory, module, pool)) {
        Call first = Call.of("ask").with("text", "first").timeoutMs(200);
        assertThat(running.failure(first).code()).isEqualTo(ErrorCode.EXECUTE_TIMEOUT);
        Pools.awaitRunning(running, 0); // it has really stopped to wait for its answer
        server.answerAll();
        assertThat(running.call(Call.of("ask").with("text", "second"))).isEqualTo(second);
      }
    }
  }

  /** Answers each line, as soon as it may; the answers of a connection come in order. */
  private static final class Answering implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final CountDownLatch may = new CountDownLatch(1);

    Answering() throws IOException {
      Thread accepting = new Thread(this::accept, "answering");
      accepting.setDaemon(true);
      accepting.start();
    }

    private void accept() {
      try {
        while (true) {
          Socket connection = listener.accept();
          Thread thread = new Thread(() -> answer(connection), "answering one");
          thread.setDaemon(true);
          thread.start();
        }
      } catch (IOException closed) {
        may.countDown();
      }
    }

    private void answer(Socket connection) {
      try (connection;
          BufferedReader lines =
              new BufferedReader(
                  new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
          PrintWriter answers =
              new PrintWriter(connection.getOutputStream(), true, StandardCharsets.UTF_8)) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          may.await();
          answers.println("answer to " + line);
        }
      } catch (IOException | InterruptedException ended) {
        Thread.currentThread().interrupt();
      }
    }

    int port() {
      return listener.getLocalPort();
    }

    void answerAll() {
      may.countDown();
    }

    @Override
    public void close() throws IOException {
      listener.close();
    }
  }
}
