package io.snakepit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.Event;
import io.snakepit.api.Result;
import io.snakepit.api.SnakepitException;
import io.snakepit.bus.Addresses;
import io.snakepit.host.Host;
import io.snakepit.process.ProcessTable;
import io.snakepit.testing.Leftovers;
import io.snakepit.testing.RecordedEvents;
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
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** P7, P15: whatever part of the host crashes, it comes back, and what it held is not lost. */
class CrashIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path directory;

  @AfterEach
  void nothingIsLeft() {
    Leftovers.assertNone(directory);
  }

  private RunningSnakepit start(int size) {
    String module = TestAdapters.write(directory, "chaos", TestAdapters.HOSTILE);
    return RunningSnakepit.start(directory, module, new JsonObject().put("size", size));
  }

  private static RuntimeException fault() {
    return new IllegalStateException("injected by a test");
  }

  private static List<Long> pids(RunningSnakepit running) {
    JsonArray workers = running.askAll(Addresses.WORKERS, new JsonObject());
    return workers.stream().map(w -> ((JsonObject) w).getLong("pid")).toList();
  }

  private static void awaitServing(RunningSnakepit running, int workers) {
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> pids(running).stream().filter(pid -> pid > 0).count() == workers);
    await().atMost(PATIENCE).ignoreExceptions().until(() -> running.call(Call.of("pid")) != null);
  }

  /** P7. Fails if the supervisor does not deploy a pool anew. */
  @Test
  void aPoolWhoseMachineCrashesIsBegunAnew() {
    try (RunningSnakepit running = start(3)) {
      RecordedEvents events = new RecordedEvents(running.vertx());
      awaitServing(running, 3);
      List<Long> old = pids(running);
      List<Future<Result>> calls =
          IntStream.range(0, 6)
              .mapToObj(i -> running.snakepit().execute(Call.of("hang_in_c").with("seconds", 600)))
              .toList();
      // On the pool's thread after the calls have reached it.
      running.ask(Addresses.POOLS, new JsonObject().put("pool", "default"));
      running.snakepit().host().directory().find("default").crash(fault());

      assertThat(calls.stream().map(CrashIT::failure).map(SnakepitException::code))
          .containsExactly(
              ErrorCode.WORKER_CRASHED,
              ErrorCode.WORKER_CRASHED,
              ErrorCode.WORKER_CRASHED,
              ErrorCode.POOL_UNAVAILABLE,
              ErrorCode.POOL_UNAVAILABLE,
              ErrorCode.POOL_UNAVAILABLE);
      awaitServing(running, 3);
      assertThat(pids(running)).doesNotContainAnyElementsOf(old);
      assertThat(old).noneMatch(pid -> isLeft(pid));
      assertThat(events.of(Event.POOL_FAILED)).hasSize(1);
      assertThat(zombies()).isEmpty();
    }
  }

  private static SnakepitException failure(Future<?> call) {
    try {
      RunningSnakepit.await(call);
    } catch (RunningSnakepit.FailedException e) {
      return (SnakepitException) e.getCause();
    }
    throw new AssertionError("should have failed");
  }

  /** Zombies count: their parents are processes of ours. */
  private static boolean isLeft(long pid) {
    return ProcessTable.system().read(pid) != null;
  }

  private static List<ProcessTable.Entry> zombies() {
    long self = ProcessHandle.current().pid();
    return ProcessTable.system().all().stream()
        .filter(each -> each.zombie() && each.parent() == self)
        .toList();
  }

  /** P15. Fails if the supervisor does not deploy what has crashed anew. */
  @ParameterizedTest
  @ValueSource(strings = {Host.REGISTRY, Host.HEARTBEAT, Host.EVENT_BUS, Host.HTTP})
  void noWorkerDiesOfACrashElsewhere(String child) throws Exception {
    try (RunningSnakepit running = start(2)) {
      awaitServing(running, 2);
      List<Long> before = pids(running);
      int port = running.snakepit().httpPort();
      running.snakepit().host().supervisor().crashed(child, fault());
      for (int i = 0; i < 20; i++) {
        assertThat(running.call(Call.of("on_main_thread"))).isEqualTo(true);
      }
      awaitDoors(running, port);
      assertThat(pids(running)).containsExactlyElementsOf(before);
      assertThat(running.askAll(Addresses.REGISTRY, new JsonObject()))
          .as("two workers and their keeper are still on record")
          .hasSize(3);
      // A replacement needs the registry; the heartbeat and HTTP must not stand in its way.
      running.failure(Call.of("kill_self"));
      awaitServing(running, 2);
    }
  }

  private static void awaitDoors(RunningSnakepit running, int port) {
    await().atMost(PATIENCE).ignoreExceptions().until(() -> live(port) == 200);
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> running.askAll(Addresses.REGISTRY, new JsonObject()).size() == 3);
    await().atMost(PATIENCE).ignoreExceptions().until(() -> pids(running).size() == 2);
  }

  private static int live(int port) throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + port + "/health/live");
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding())
        .statusCode();
  }

  /** Fails if the door forgets its streams: nobody could grant them any credit more. */
  @Test
  void aDoorThatEndsCancelsItsStreams() throws Exception {
    BlockingQueue<JsonObject> told = new LinkedBlockingQueue<>();
    try (RunningSnakepit running =
        RunningSnakepit.start(directory, "snakepit.adapters.showcase", new JsonObject())) {
      running.vertx().eventBus().<JsonObject>consumer("chunks", each -> told.add(each.body()));
      JsonObject flood = new JsonObject().put("chunks", 0);
      running.ask(
          Addresses.STREAM,
          new JsonObject().put("tool", "flood").put("args", flood).put("replyTo", "chunks"));
      running.snakepit().host().supervisor().crashed(Host.EVENT_BUS, fault());

      JsonObject last = told.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      assertThat(last.getJsonObject("error").getString("code")).isEqualTo("CANCELLED");
      assertThat(running.call(Call.of("ping"))).isEqualTo("pong");
    }
  }

  /** Code of somebody else in the same Vert.x may do that. */
  @Test
  void whatAStrangerUndeploysComesBack() {
    try (RunningSnakepit running = start(2)) {
      Vertx vertx = running.vertx();
      int port = running.snakepit().httpPort();
      List<String> all = List.copyOf(vertx.deploymentIDs());
      assertThat(all).hasSize(5);
      all.forEach(id -> RunningSnakepit.await(vertx.undeploy(id)));
      awaitServing(running, 2);
      awaitDoors(running, port);
    }
  }

  /** A fault that comes again and again must not turn into a storm. */
  @Test
  void whatCrashesAgainAndAgainIsBegunAnewAfterPauses() {
    try (RunningSnakepit running = start(1)) {
      for (int i = 0; i < 4; i++) {
        awaitServing(running, 1);
        running.snakepit().host().directory().find("default").crash(fault());
      }
      awaitServing(running, 1);
    }
  }
}
