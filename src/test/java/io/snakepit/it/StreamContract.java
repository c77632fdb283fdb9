package io.snakepit.it;

import static io.snakepit.testing.RunningSnakepit.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.snakepit.api.Call;
import io.snakepit.it.StreamClient.Open;
import io.snakepit.it.StreamClient.Told;
import io.snakepit.testing.Leftovers;
import io.snakepit.testing.RunningSnakepit;
import io.snakepit.testing.TestAdapters;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * S1 to S4: contract of streams for every door, with one real worker and a window of {@link
 * #WINDOW} chunks.
 */
abstract class StreamContract {
  static final int WINDOW = 4;

  @TempDir Path directory;
  RunningSnakepit running;
  StreamClient client;

  /** Returns a client of the door that is tested. */
  abstract StreamClient client();

  /** Returns the size of chunks that are too large to pile up in the buffers of sockets. */
  int largeChunk() {
    return 1;
  }

  /** Returns how many of these may be on their way beyond the window all the same. */
  int slack() {
    return 0;
  }

  JsonObject pool() {
    return new JsonObject()
        .put("size", 1)
        .put("stream", new JsonObject().put("windowChunks", WINDOW).put("windowBytes", 4_000));
  }

  @BeforeEach
  void start() {
    String module = TestAdapters.write(directory, "streams", TestAdapters.STREAMS);
    running = RunningSnakepit.start(directory, module, pool());
    running.snakepit().tool("double", args -> Future.succeededFuture(2 * args.getInteger("n")));
    client = client();
  }

  @AfterEach
  void stop() {
    running.close();
    Leftovers.assertNone(directory);
  }

  private Open open(String tool, JsonObject args) throws Exception {
    return client.open(tool, args, 0);
  }

  private static JsonObject n(int count) {
    return new JsonObject().put("n", count);
  }

  private List<Told> all(String tool, JsonObject args) throws Exception {
    List<Told> told = new ArrayList<>();
    try (Open stream = open(tool, args)) {
      do {
        told.add(stream.next());
      } while (told.get(told.size() - 1).isChunk());
    }
    return told;
  }

  private static List<String> chunks(List<Told> told) {
    return told.stream().filter(Told::isChunk).map(Told::chunk).toList();
  }

  private static Told last(List<Told> told) {
    return told.get(told.size() - 1);
  }

  private Path notes() {
    return directory.resolve("notes");
  }

  private JsonObject noting() {
    return new JsonObject().put("path", notes().toString());
  }

  private List<String> noted() throws IOException {
    return Files.exists(notes()) ? Files.readAllLines(notes()) : List.of();
  }

  private void awaitClosed() {
    await()
        .atMost(Pools.PATIENCE)
        .untilAsserted(() -> assertThat(noted()).isNotEmpty().last().isEqualTo("closed"));
  }

  private void theWorkerIsFree() {
    Pools.awaitRunning(running, 0);
    assertThat(running.call(Call.of("plain"))).isEqualTo(new JsonObject().put("value", 1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"count", "acount"})
  void tellsAllChunksInOrderAndThenTheEnd(String tool) throws Exception {
    List<Told> told = all(tool, n(50));
    assertThat(chunks(told))
        .isEqualTo(IntStream.range(0, 50).mapToObj(i -> "{\"i\":" + i + "}").toList());
    JsonObject end = last(told).end();
    assertThat(end.getString("worker")).isEqualTo("default-1");
    assertThat(end.getLong("chunks")).isEqualTo(50);
    assertThat(end.getDouble("durationMs")).isPositive();
    assertThat(end.fieldNames()).containsExactlyInAnyOrder("worker", "durationMs", "chunks");
    theWorkerIsFree();
  }

  @Test
  void aStreamMayBeEmpty() throws Exception {
    List<Told> told = all("count", n(0));
    assertThat(told).hasSize(1);
    assertThat(last(told).end().getLong("chunks")).isZero();
  }

  @Test
  void aPlainToolAnswersWithOneChunk() throws Exception {
    List<Told> told = all("plain", new JsonObject().put("value", 7));
    assertThat(chunks(told)).containsExactly("{\"value\":7}");
    assertThat(last(told).end().getLong("chunks")).isEqualTo(1);
  }

  @Test
  void whatCouldBeTakenForAWordOfOursIsWrapped() throws Exception {
    assertThat(chunks(all("odd", new JsonObject())))
        .containsExactly(
            "{\"$chunk\":{\"$end\":1}}",
            "{\"$bytes\":\"cmF3\"}",
            "{\"a\":\"$b\"}",
            "null",
            "\"line\\nbreak\"");
  }

  @Test
  void chunksOfAnySizePassAlsoThoseBeyondTheWindow() throws Exception {
    List<Integer> sizes = List.of(1, 3_999, 9_000, 2, 50_000, 50_000, 0, 4_100, 3_000, 3_000, 1);
    List<Told> told = all("sizes", new JsonObject().put("sizes", new JsonArray(sizes)));
    assertThat(chunks(told).stream().map(chunk -> chunk.length() - 2).toList()).isEqualTo(sizes);
    assertThat(last(told).end()).isNotNull();
  }

  @Test
  void aStreamMayCallTheHostBetweenItsChunks() throws Exception {
    assertThat(chunks(all("asks", n(20))))
        .isEqualTo(IntStream.range(0, 20).mapToObj(i -> String.valueOf(2 * i)).toList());
  }

  @Test
  void anExceptionIsTheLastThingToldBehindTheChunks() throws Exception {
    List<Told> told = all("fails", n(10));
    assertThat(chunks(told)).hasSize(10);
    assertThat(last(told).code()).isEqualTo("PYTHON_EXCEPTION");
    assertThat(last(told).error().getJsonObject("python").getString("type"))
        .isEqualTo("ValueError");
    theWorkerIsFree();
  }

  /** S3. Fails if the end is silent, or outruns what was yielded before. */
  @Test
  void aWorkersDeathIsTheLastThingToldBehindTheChunks() throws Exception {
    List<Told> told = all("dies", n(WINDOW - 1));
    assertThat(chunks(told)).containsExactly("0", "1", "2");
    assertThat(last(told).code()).isEqualTo("WORKER_CRASHED");
    Pools.awaitReady(running, 1);
    theWorkerIsFree();
  }

  @Test
  void anErrorMayComeBeforeAnyChunk() throws Exception {
    assertThat(last(all("nosuch", new JsonObject())).code()).isEqualTo("TOOL_NOT_FOUND");
    assertThat(last(all("fails", n(0))).code()).isEqualTo("PYTHON_EXCEPTION");
    assertThat(last(all("count", new JsonObject())).code()).isEqualTo("INVALID_REQUEST");
  }

  /** S1. Fails if the generator is not paused where its consumer is. */
  @ParameterizedTest
  @ValueSource(strings = {"noted", "anoted"})
  void theGeneratorIsNeverMoreThanAWindowAheadOfItsConsumer(String tool) throws Exception {
    try (Open stream = open(tool, noting().put("size", largeChunk()))) {
      for (int taken = 1; taken <= 3 * WINDOW; taken++) {
        assertThat(stream.next().isChunk()).isTrue();
        assertThat(noted().size()).isLessThanOrEqualTo(taken + WINDOW + slack());
      }
      // A call that waits its turn is proof that nothing else happens: the worker is not at it.
      assertThat(Pools.pool(running).getInteger("running")).isEqualTo(1);
      int ahead = noted().size();
      assertThat(ahead).isBetween(3 * WINDOW, 4 * WINDOW + slack());
    }
    awaitClosed();
    theWorkerIsFree();
  }

  /** S2. Fails if the generator lives on, or its worker isn't free. */
  @ParameterizedTest
  @ValueSource(strings = {"noted", "anoted"})
  void aCancelClosesTheGeneratorThatWaitsForItsConsumer(String tool) throws Exception {
    long pid = ((Number) running.call(Call.of("pid"))).longValue();
    try (Open stream = open(tool, noting())) {
      assertThat(stream.next().isChunk()).isTrue();
      await().until(() -> noted().size() >= WINDOW);
      stream.cancel();
      awaitClosed();
    }
    theWorkerIsFree();
    assertThat(running.call(Call.of("pid"))).as("the same process").isEqualTo((int) pid);
  }

  @Test
  void aCancelInterruptsTheGeneratorThatSleeps() throws Exception {
    try (Open stream = open("sleepy", noting())) {
      assertThat(stream.next().isChunk()).isTrue();
      await().until(() -> noted().contains("asleep"));
      stream.cancel();
      awaitClosed();
    }
    theWorkerIsFree();
  }

  @Test
  void theDeadlineHoldsForTheWholeStream() throws Exception {
    try (Open stream = client.open("sleepy", noting().put("n", 2), 700)) {
      assertThat(stream.next().isChunk()).isTrue();
      assertThat(stream.next().isChunk()).isTrue();
      assertThat(stream.next().code()).isEqualTo("EXECUTE_TIMEOUT");
    }
    awaitClosed();
    theWorkerIsFree();
  }

  @Test
  void streamsGoOnSideBySideAndOneAfterTheOther() throws Exception {
    for (int i = 0; i < 20; i++) {
      try (Open stream = open("noted", noting())) {
        assertThat(stream.next().isChunk()).isTrue();
      }
    }
    theWorkerIsFree();
    assertThat(chunks(all("count", n(5)))).hasSize(5);
  }
}
