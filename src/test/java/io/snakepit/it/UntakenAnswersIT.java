package io.snakepit.it;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.Result;
import io.snakepit.api.SnakepitException;
import io.snakepit.testing.Leftovers;
import io.snakepit.testing.RunningSnakepit;
import io.snakepit.testing.TestAdapters;
import io.snakepit.testing.TestPython;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that clients don't take: they wait in their workers, and hold up nobody else. */
class UntakenAnswersIT {
  private static final int LARGE = 8_000_000;
  private static final int LIMIT = 10_000_000;

  /** The part that a client takes now and then, since one that takes nothing is closed. */
  private static final int A_LITTLE = 100_000;

  private static final String ADAPTER =
      """
      from snakepit import tool

      __snakepit_thread_safe__ = True

      @tool
      def large(bytes: int = %d) -> bytes:
          return b"x" * bytes

      @tool
      def pieces(n: int, bytes: int):
          for _ in range(n):
              yield "x" * bytes

      @tool
      def small() -> str:
          return "small"
      """
          .formatted(LARGE);

  @TempDir Path directory;
  private RunningSnakepit running;
  private final List<Socket> clients = new ArrayList<>();

  private void start(JsonObject more) {
    JsonObject pool =
        new JsonObject()
            .put("adapter", TestAdapters.write(directory, "untaken", ADAPTER))
            .put("python", TestPython.executable().toString())
            .put("pythonPath", new JsonArray().add(directory.toString()))
            .put("size", 2)
            .put("executeTimeoutMs", 60_000)
            .put("queueTimeoutMs", 60_000)
            .put("cancelGraceMs", 60_000);
    running =
        RunningSnakepit.start(
            directory,
            new JsonObject()
                .put("http", new JsonObject().put("maxBufferedBytes", LIMIT))
                .put(
                    "pools",
                    new JsonObject().put("default", pool.copy().mergeIn(more)).put("other", pool)));
  }

  @AfterEach
  void stop() throws IOException {
    for (Socket client : clients) {
      client.close();
    }
    running.close();
    Leftovers.assertNone(directory);
  }

  /** Connects a client that takes next to nothing unless it reads. */
  private Socket ask(String tool, String args, String... headers) throws IOException {
    Socket client = new Socket();
    client.setReceiveBufferSize(8_192);
    client.connect(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), running.snakepit().httpPort()));
    client.setSoTimeout(60_000);
    clients.add(client);
    String request =
        "POST /v1/pools/default/tools/%s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n%sContent-Length: %d\r\n\r\n%s"
            .formatted(tool, String.join("", headers), args.length(), args);
    client.getOutputStream().write(request.getBytes(US_ASCII));
    return client;
  }

  private static long readAll(Socket client, long atLeast) throws IOException {
    InputStream in = client.getInputStream();
    byte[] buffer = new byte[65_536];
    long read = 0;
    while (read < atLeast) {
      int got = in.read(buffer);
      assertThat(got).isPositive();
      read += got;
    }
    return read;
  }

  private static void take(Socket client, long atLeast) {
    try {
      readAll(client, atLeast);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private JsonObject pool(String name) {
    return running.ask("snakepit.pools", new JsonObject().put("pool", name));
  }

  private void awaitRunning(int calls) {
    await().until(() -> pool("default").getInteger("running") == calls);
  }

  @ParameterizedTest
  @ValueSource(strings = {"process", "thread", "async"})
  void anAnswerWithoutRoomWaitsInItsWorkerUntilAnotherIsTaken(String profile) throws Exception {
    start(new JsonObject().put("profile", profile));
    Socket first = ask("large", "{}");
    await().until(() -> pool("default").getJsonObject("counters").getLong("OK") == 1);
    Socket second = ask("large", "{}");
    awaitRunning(1);
    long taken = readAll(first, A_LITTLE);
    assertThat(running.call(Call.of("small").pool("default"))).isEqualTo("small");
    assertThat(RunningSnakepit.await(running.snakepit().execute(large("other", 1_000_000))).bytes())
        .as("the other pool's reserve")
        .hasToString("x".repeat(1_000_000));
    assertThat(pool("default").getInteger("running")).isEqualTo(1);

    readAll(first, LARGE - taken);
    readAll(second, LARGE);
    awaitRunning(0);
  }

  private static Call large(String pool, int bytes) {
    return Call.of("large").pool(pool).with("bytes", bytes);
  }

  @Test
  void anAnswerThatWaitsIsDroppedOnceItsCallIsOver() throws Exception {
    start(new JsonObject());
    Socket first = ask("large", "{}");
    await().until(() -> pool("default").getJsonObject("counters").getLong("OK") == 1);
    Future<Result> overdue = running.snakepit().execute(large("default", LARGE).timeoutMs(500));
    Future<Result> cancelled = running.snakepit().execute(large("default", LARGE).id("cancelled"));
    await().until(overdue::isComplete);
    assertThat(((SnakepitException) overdue.cause()).code()).isEqualTo(ErrorCode.EXECUTE_TIMEOUT);
    long taken = readAll(first, A_LITTLE);
    assertThat(RunningSnakepit.await(running.snakepit().cancel("cancelled"))).isTrue();
    await().until(cancelled::isComplete);
    // Fails if the workers have to be killed to be free.
    awaitRunning(0);
    taken += readAll(first, A_LITTLE);
    Socket gone = ask("large", "{}");
    awaitRunning(1);
    gone.close();
    awaitRunning(0);
    JsonObject counters = pool("default").getJsonObject("counters");
    assertThat(counters.getLong("restarts")).isZero();
    assertThat(counters.getLong("EXECUTE_TIMEOUT")).isEqualTo(1);
    assertThat(counters.getLong("CANCELLED")).isEqualTo(2);
    readAll(first, LARGE - taken);
  }

  @Test
  void aClientThatTakesNothingIsClosedAndOneThatTakesALittleIsNot() throws Exception {
    start(new JsonObject());
    Socket slow = ask("large", "{}");
    await().until(() -> pool("default").getJsonObject("counters").getLong("OK") == 1);
    Socket stuck = ask("large", "{}");
    awaitRunning(1);
    long until = System.nanoTime() + Duration.ofSeconds(14).toNanos();
    while (System.nanoTime() < until) {
      readAll(slow, 200_000);
      pause();
    }
    assertThat(pool("default").getInteger("running")).isEqualTo(1);
    slow.close();
    await().until(() -> pool("default").getJsonObject("counters").getLong("OK") == 2);
    Socket third = ask("large", "{}");
    awaitRunning(1);
    // Fails if the second client, which takes nothing, is not closed.
    readAll(third, LARGE);
    assertThat(stuck.isConnected()).isTrue();
  }

  /** Lets a slow client rest between two reads: its slowness is what is tested. */
  private static void pause() {
    LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
  }

  @Test
  void largeChunksCountAsAnswersDo() throws Exception {
    start(new JsonObject());
    String head = "Accept: application/x-ndjson\r\n";
    Socket first = ask("pieces", "{\"n\":2,\"bytes\":%d}".formatted(LARGE), head);
    Socket second = ask("pieces", "{\"n\":2,\"bytes\":%d}".formatted(LARGE), head);
    awaitRunning(2);
    assertThat(
            RunningSnakepit.await(running.snakepit().execute(large("other", 1_000_000)))
                .bytes()
                .length())
        .isEqualTo(1_000_000);
    CompletableFuture<Void> taken = CompletableFuture.runAsync(() -> take(first, 2L * LARGE));
    take(second, 2L * LARGE);
    taken.get(60, TimeUnit.SECONDS);
    awaitRunning(0);
  }
}
