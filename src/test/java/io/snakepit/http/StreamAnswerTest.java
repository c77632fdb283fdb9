package io.snakepit.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.Chunk;
import io.snakepit.api.ErrorCode;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamAnswerTest extends DoorTestBase {
  private static final String NDJSON = "Accept: application/x-ndjson";
  private static final String SSE = "Accept: text/event-stream";
  private static final String END = "{\"worker\":\"default-1\",\"durationMs\":12.0,\"chunks\":%d}";
  private static final String TWO = "Content-Length: 2\r\n\r\n{}";

  private FakeStream begin(String... headers) throws Exception {
    probe.send(Probe.head("POST", ECHO, headers) + TWO);
    return executor.nextStream();
  }

  @Test
  void writesLinesAsNdjsonAndTheEndLast() throws Exception {
    FakeStream stream = begin(NDJSON, "Snakepit-Call-Id: mine-7");
    stream.emit("1", "{\"a\":\"☃\"}");
    Probe.Answer head = probe.answerHead();
    assertThat(head.status()).isEqualTo(200);
    assertThat(head.header("Content-Type")).isEqualTo("application/x-ndjson");
    assertThat(head.header("Cache-Control")).isEqualTo("no-cache");
    assertThat(head.header("X-Accel-Buffering")).isEqualTo("no");
    assertThat(head.header("Snakepit-Call-Id")).isEqualTo("mine-7");
    assertThat(head.header("Date")).endsWith(" GMT");
    assertThat(head.header("Snakepit-Worker")).isNull();
    assertThat(probe.piece()).isEqualTo("1\n{\"a\":\"☃\"}\n");
    stream.end(2);
    assertThat(probe.piece()).isEqualTo("{\"$end\":" + END.formatted(2) + "}\n");
    assertThat(probe.piece()).isEmpty();
    assertThat(executor.next().id()).isEqualTo("mine-7");
  }

  @Test
  void writesServerSentEvents() throws Exception {
    executor.streamsBehave(
        stream -> {
          stream.emit("1", "[2]");
          stream.end(2);
        });
    Probe.Answer answer = probe.post(ECHO, "{}", JSON, SSE);
    assertThat(answer.header("Content-Type")).isEqualTo("text/event-stream");
    assertThat(answer.text())
        .isEqualTo(
            "event: chunk\ndata: 1\n\nevent: chunk\ndata: [2]\n\nevent: end\ndata: "
                + END.formatted(2)
                + "\n\n");
  }

  @Test
  void streamsWhatCameInAnEnvelope() throws Exception {
    executor.streamsBehave(
        stream -> {
          stream.emit("1");
          stream.end(1);
        });
    String envelope = "{\"tool\":\"count\",\"timeoutMs\":70,\"session\":\"s\"}";
    Probe.Answer answer = probe.post("/v1/execute", envelope, JSON, NDJSON);
    assertThat(answer.text()).startsWith("1\n{\"$end\":");
    assertThat(executor.next().timeoutMs()).isEqualTo(70);
  }

  @Test
  void wrapsWhatCouldBeTakenForAWordOfOursAndBytes() throws Exception {
    FakeStream stream = begin(NDJSON);
    stream.emit("{\"$end\":1}");
    probe.answerHead();
    assertThat(probe.piece()).isEqualTo("{\"$chunk\":{\"$end\":1}}\n");
    Buffer bytes = Buffer.buffer(new byte[] {0, 10, -1});
    door.serverContext()
        .runOnContext(here -> stream.stream().push(new Chunk("image/png", bytes, false)));
    assertThat(probe.piece()).isEqualTo("{\"$bytes\":\"AAr/\"}\n");
  }

  @Test
  void answersAnErrorBeforeTheFirstChunkWithItsStatus() throws Exception {
    FakeStream stream = begin(NDJSON);
    stream.fail(ErrorCode.POOL_SATURATED, "full");
    Probe.Answer answer = probe.answer();
    assertThat(answer.status()).isEqualTo(429);
    assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
    assertThat(answer.header("Retry-After")).isEqualTo("1");
    assertThat(answer.header("Cache-Control")).isNull();
    assertThat(probe.ask("GET", "/health/live").status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({
    "application/x-ndjson,1\\n{\"$error\":,}\\n",
    "text/event-stream,data: 1\\n\\nevent: error\\ndata: ,\\n\\n"
  })
  void writesALaterErrorAsTheLastEvent(String type, String before, String after) throws Exception {
    executor.streamsBehave(stream -> stream.emit("1"));
    FakeStream stream = begin("Accept: " + type);
    Awaitility.await().until(() -> stream.takenChunks() == 1);
    stream.fail(ErrorCode.WORKER_CRASHED, "gone");
    String text = probe.answer().text();
    String first = before.replace("\\n", "\n");
    int start = text.indexOf(first) + first.length();
    assertThat(text).contains(first).endsWith(after.replace("\\n", "\n"));
    JsonObject problem =
        new JsonObject(text.substring(start, text.length() - after.replace("\\n", "\n").length()));
    assertThat(problem.getString("code")).isEqualTo("WORKER_CRASHED");
    assertThat(problem.getInteger("status")).isEqualTo(502);
    assertThat(problem.getString("call")).startsWith("http-");
    assertThat(probe.ask("GET", "/health/live").status()).isEqualTo(200);
  }

  @Test
  void endsAnEmptyStreamWithItsEndAlone() throws Exception {
    executor.streamsBehave(stream -> stream.end(0));
    Probe.Answer answer = probe.post(ECHO, "{}", JSON, NDJSON);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text()).isEqualTo("{\"$end\":" + END.formatted(0) + "}\n");
  }

  @Test
  void writesWhatComesInOnePassAsOne() throws Exception {
    FakeStream stream = begin(NDJSON);
    String[] values = new String[500];
    for (int i = 0; i < values.length; i++) {
      values[i] = Integer.toString(i);
    }
    stream.emit(values);
    probe.answerHead();
    // Fails if each chunk is a write of its own.
    assertThat(probe.piece()).isEqualTo(String.join("\n", values) + "\n");
  }

  @Test
  void keepsLargeChunksInTheirPlace() throws Exception {
    String large = "\"" + "x".repeat(StreamAnswer.LARGE_BYTES) + "\"";
    executor.streamsBehave(
        stream -> {
          stream.emit("1", large, "2", large, large, "3");
          stream.end(6);
        });
    String text = probe.post(ECHO, "{}", JSON, NDJSON).text();
    assertThat(List.of(text.split("\n", -1)).subList(0, 6))
        .containsExactly("1", large, "2", large, large, "3");
  }

  @Test
  void keepsTheOrderWhileTheClientFallsBehindAndCatchesUp() throws Exception {
    int chunks = 3_000;
    FakeStream stream = begin(NDJSON);
    StringBuilder expected = new StringBuilder();
    Random random = new Random(5);
    for (int i = 0; i < chunks; i++) {
      String value = "\"" + i + "x".repeat(random.nextInt(2 * StreamAnswer.LARGE_BYTES)) + "\"";
      expected.append(value).append('\n');
      stream.emit(value);
    }
    stream.end(chunks);
    // Fails if a large chunk overtakes what is gathered, or falls behind it.
    assertThat(probe.answer().text())
        .isEqualTo(expected + "{\"$end\":" + END.formatted(chunks) + "}\n");
  }

  @Test
  void takesNoMoreThanTheClientReads() throws Exception {
    FakeStream stream = begin(NDJSON);
    String chunk = "\"" + "x".repeat(100_000) + "\"";
    int chunks = 400;
    for (int i = 0; i < chunks; i++) {
      stream.emit(chunk);
    }
    stream.end(chunks);
    probe.answerHead();
    // What the kernel takes is some megabytes at most; settled once two looks agree.
    Awaitility.await().pollInterval(200, TimeUnit.MILLISECONDS).until(new Settled(stream)::check);
    // Fails if the write queue is not looked at.
    assertThat(stream.takenChunks()).isBetween(1, chunks / 2);
    int lines = 0;
    for (String piece = probe.piece(); !piece.isEmpty(); piece = probe.piece()) {
      lines += (int) piece.chars().filter(c -> c == '\n').count();
    }
    assertThat(lines).isEqualTo(chunks + 1);
  }

  private static final class Settled {
    private final FakeStream stream;
    private int last = -1;

    Settled(FakeStream stream) {
      this.stream = stream;
    }

    boolean check() {
      int now = stream.takenChunks();
      boolean same = now == last;
      last = now;
      return same;
    }
  }

  @Test
  void cancelsTheStreamOfClientThatHasGone() throws Exception {
    FakeStream stream = begin(NDJSON, "Snakepit-Call-Id: shared");
    stream.emit("1");
    probe.answerHead();
    assertThat(stream.isCancelled()).isFalse();
    probe.reset();
    assertThat(stream.awaitsCancel()).isTrue();
    // Its handle is enough: by its id another's call could be hit.
    assertThat(executor.cancelled()).isZero();
  }

  @Test
  void cancelsTheStreamOfClientThatGoesBeforeTheFirstChunk() throws Exception {
    FakeStream stream = begin(SSE);
    probe.close();
    assertThat(stream.awaitsCancel()).isTrue();
  }

  @Test
  void cancelsNothingAfterTheEnd() throws Exception {
    FakeStream stream = begin(NDJSON);
    stream.emit("1");
    stream.end(1);
    probe.answer();
    probe.reset();
    try (Probe other = connect()) {
      other.ask("GET", "/health/live");
      assertThat(other.ask("GET", "/health/live").status()).isEqualTo(200);
    }
    assertThat(stream.isCancelled()).isFalse();
  }

  @Test
  void endsTheConnectionWithTheStreamForHttp10() throws Exception {
    executor.streamsBehave(
        stream -> {
          stream.emit("1");
          stream.end(1);
        });
    probe.send("POST " + ECHO + " HTTP/1.0\r\n" + NDJSON + "\r\nConnection: keep-alive\r\n" + TWO);
    Probe.Answer head = probe.answerHead();
    assertThat(head.header("Transfer-Encoding")).isNull();
    assertThat(probe.untilClosed()).startsWith("1\n{\"$end\":").endsWith("}\n");
  }

  @Test
  void letsStreamsFinishWhenItStops() throws Exception {
    FakeStream stream = begin(NDJSON);
    stream.emit("1");
    probe.answerHead();
    door.serverContext().runOnContext(here -> door.stop());
    assertThat(probe.piece()).isEqualTo("1\n");
    stream.emit("2");
    assertThat(probe.piece()).isEqualTo("2\n");
    stream.end(2);
    assertThat(probe.piece()).startsWith("{\"$end\":");
    assertThat(probe.piece()).isEmpty();
    assertThat(probe.isClosedByHost()).isTrue();
  }

  @Test
  void saysThatTheConnectionEndsWhereTheHeadGoesOutWhileItStops() throws Exception {
    FakeStream stream = begin(NDJSON);
    door.serverContext().runOnContext(here -> door.stop());
    door.serverContext().runOnContext(here -> stream.emit("1"));
    assertThat(probe.answerHead().header("Connection")).isEqualTo("close");
  }

  @Test
  void tellsSilentEventStreamThatItIsThere() throws Exception {
    FakeStream stream = begin(SSE);
    pass(StreamAnswer.HEARTBEAT_SECONDS * 2);
    stream.emit("1");
    // Fails if a comment goes out before the head's time has come.
    assertThat(probe.answerHead().status()).isEqualTo(200);
    assertThat(probe.piece()).isEqualTo("event: chunk\ndata: 1\n\n");
    pass(StreamAnswer.HEARTBEAT_SECONDS);
    assertThat(probe.piece()).isEqualTo(":\n\n");
    pass(StreamAnswer.HEARTBEAT_SECONDS - 1);
    stream.emit("2");
    assertThat(probe.piece()).isEqualTo("event: chunk\ndata: 2\n\n");
    // Fails if a chunk is no sign of life.
    pass(StreamAnswer.HEARTBEAT_SECONDS - 1);
    stream.emit("3");
    assertThat(probe.piece()).isEqualTo("event: chunk\ndata: 3\n\n");
  }

  @Test
  void neverClosesStreamThatWaitsForPython() throws Exception {
    FakeStream stream = begin(NDJSON);
    stream.emit("1");
    probe.answerHead();
    probe.piece();
    pass(IDLE_SECONDS * 3);
    stream.emit("2");
    assertThat(probe.piece()).isEqualTo("2\n");
  }

  @Test
  void closesConnectionThatNeverTakesTheRestOfAnEndedStream() throws Exception {
    FakeStream stream = begin(NDJSON);
    String chunk = "\"" + "x".repeat(30_000_000) + "\"";
    stream.emit(chunk);
    Awaitility.await().until(() -> stream.takenChunks() == 1);
    stream.fail(ErrorCode.EXECUTE_TIMEOUT, "over");
    pass(IDLE_SECONDS + 2);
    // Fails if the connection waits for its client to take what is queued.
    Awaitility.await().untilAsserted(() -> assertThat(connections()).isZero());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "text/event-stream | SSE",
        "application/x-ndjson | NDJSON",
        "Application/X-NDJSON; charset=utf-8 | NDJSON",
        "text/event-stream, application/x-ndjson | SSE",
        "application/x-ndjson, text/event-stream | NDJSON",
        "text/event-stream;q=0.5, application/x-ndjson;q=0.7 | NDJSON",
        "text/event-stream;q=0.5, */*;q=0.1 | SSE",
        "application/json;q=0.9, text/event-stream | SSE",
        "application/json, text/event-stream | ",
        "text/event-stream;q=0 | ",
        "text/event-stream;q=x | SSE",
        "*/* | ",
        "text/html, */*;q=0.8 | ",
        ", ;;, | ",
      })
  void readsWhatIsPreferred(String accept, StreamFormat format) {
    assertThat(StreamFormat.preferred(List.of(accept))).isEqualTo(format);
  }

  @Test
  void answersWithoutStreamWhereNoneIsAskedFor() throws IOException {
    for (String accept : List.of("*/*", "application/json", "text/html, */*;q=0.8")) {
      Probe.Answer answer = probe.post(ECHO, "{}", JSON, "Accept: " + accept);
      assertThat(answer.header("Content-Type")).isEqualTo("application/json");
      assertThat(answer.text()).isEqualTo("{}");
    }
    Probe.Answer answer =
        probe.post("/v1/execute", "{\"tool\":\"t\",\"args\":{}}", JSON, "Accept: */*");
    assertThat(answer.json().getString("worker")).isEqualTo("default-1");
  }
}
