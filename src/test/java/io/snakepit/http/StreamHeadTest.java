package io.snakepit.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A stream that yields nothing for a while begins its answer, so that nobody gives it up. */
class StreamHeadTest extends DoorTestBase {
  private static final String NDJSON = "Accept: application/x-ndjson";
  private static final String SSE = "Accept: text/event-stream";

  private FakeStream begin(long afterMs, String accept) throws Exception {
    executor.beginStreamsAfter(afterMs);
    probe.send(Probe.head("POST", ECHO, JSON, accept) + "Content-Length: 2\r\n\r\n{}");
    return executor.nextStream();
  }

  @Test
  void anEventStreamSendsItsHeadAndComments() throws Exception {
    FakeStream stream = begin(20, SSE);
    // Seen red without the timer: no answer within the probe's patience.
    Probe.Answer head = probe.answerHead();
    assertThat(head.status()).isEqualTo(200);
    assertThat(head.header("Content-Type")).isEqualTo("text/event-stream");
    assertThat(probe.piece()).isEqualTo(":\n\n");
    pass(StreamAnswer.HEARTBEAT_SECONDS);
    assertThat(probe.piece()).isEqualTo(":\n\n");
    stream.emit("1");
    assertThat(probe.piece()).isEqualTo("event: chunk\ndata: 1\n\n");
    stream.end(1);
    assertThat(probe.piece()).startsWith("event: end\n");
    assertThat(probe.piece()).isEmpty();
  }

  @Test
  void linesWaitBehindAnOpenHead() throws Exception {
    FakeStream stream = begin(20, NDJSON);
    Probe.Answer head = probe.answerHead();
    assertThat(head.status()).isEqualTo(200);
    assertThat(head.header("Content-Type")).isEqualTo("application/x-ndjson");
    pass(StreamAnswer.HEARTBEAT_SECONDS * 2);
    stream.emit("1");
    // Fails if a line of ours comes before the first chunk.
    assertThat(probe.piece()).isEqualTo("1\n");
    stream.end(1);
    assertThat(probe.piece()).startsWith("{\"$end\":");
    assertThat(probe.piece()).isEmpty();
    assertThat(probe.ask("GET", "/health/live").status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {NDJSON, SSE})
  void anErrorBehindTheHeadIsTheLastThingTold(String accept) throws Exception {
    FakeStream stream = begin(20, accept);
    assertThat(probe.answerHead().status()).isEqualTo(200);
    if (accept.equals(SSE)) {
      assertThat(probe.piece()).isEqualTo(":\n\n");
    }
    stream.fail(ErrorCode.POOL_SATURATED, "full");
    assertThat(probe.piece()).contains("error", "POOL_SATURATED");
    assertThat(probe.piece()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {NDJSON, SSE})
  void anErrorBeforeTheHeadHasItsStatus(String accept) throws Exception {
    FakeStream stream = begin(60_000, accept);
    stream.fail(ErrorCode.POOL_SATURATED, "full");
    Probe.Answer answer = probe.answer();
    assertThat(answer.status()).isEqualTo(429);
    assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
    assertThat(probe.ask("GET", "/health/live").status()).isEqualTo(200);
  }

  @Test
  void aClientThatGoesBehindTheHeadCancels() throws Exception {
    FakeStream stream = begin(20, NDJSON);
    probe.answerHead();
    probe.reset();
    assertThat(stream.awaitsCancel()).isTrue();
  }

  @Test
  void aStreamThatHasYieldedNeedsNoComment() throws Exception {
    FakeStream stream = begin(60_000, SSE);
    stream.emit("1");
    probe.answerHead();
    assertThat(probe.piece()).isEqualTo("event: chunk\ndata: 1\n\n");
    stream.end(1);
    assertThat(probe.piece()).startsWith("event: end\n");
  }
}
