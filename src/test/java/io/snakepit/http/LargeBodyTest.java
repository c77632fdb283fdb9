package io.snakepit.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.json.JsonObject;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Bodies of many pieces: what is sent must come back, and a client must take what it asked for. */
class LargeBodyTest extends DoorTestBase {
  private static final int LARGE = 40_000_000;
  private static final String BYTES = "Content-Type: application/octet-stream";

  @Override
  JsonObject settings() {
    return new JsonObject().put("maxBodyBytes", LARGE + 100);
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(9).nextBytes(bytes);
    return bytes;
  }

  @Test
  void bringsBackWhatWasSent() throws Exception {
    for (int length : new int[] {1, 16_385, 262_144, 262_145, 1_000_000, LARGE}) {
      byte[] body = random(length);
      Probe.Answer answer = probe.post(ECHO, body, BYTES);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo(body);
    }
  }

  @Test
  void splicesLargeResultsIntoTheirEnvelope() throws Exception {
    String args = "{\"x\":\"" + "y".repeat(3_000_000) + "\"}";
    Probe.Answer answer = probe.post("/v1/execute", "{\"tool\":\"t\",\"args\":" + args + "}", JSON);
    assertThat(answer.text())
        .isEqualTo("{\"result\":" + args + ",\"worker\":\"default-1\",\"durationMs\":12.345}");
  }

  @Test
  void waitsForReaderThatMakesProgress() throws Exception {
    executor.answer("application/octet-stream", random(LARGE));
    probe.send(Probe.head("POST", ECHO) + "Content-Length: 0\r\n\r\n");
    probe.answerHead();
    byte[] expected = random(LARGE);
    for (int from = 0; from < LARGE; from += LARGE / 4) {
      // Fails if taking a part doesn't count.
      pass(ClientConnection.MAX_UNTAKEN_SECONDS - 1);
      assertThat(probe.bytes(LARGE / 4))
          .isEqualTo(java.util.Arrays.copyOfRange(expected, from, from + LARGE / 4));
    }
    assertThat(probe.ask("GET", "/health/live").status()).isEqualTo(200);
  }

  @Test
  void closesConnectionOfReaderThatTakesNothing() throws Exception {
    executor.answer("application/octet-stream", random(LARGE));
    probe.send(Probe.head("POST", ECHO) + "Content-Length: 0\r\n\r\n");
    probe.answerHead();
    pass(ClientConnection.MAX_UNTAKEN_SECONDS);
    assertThat(connections()).isEqualTo(1);
    // Fails if the end of the connection waits for what is queued.
    Awaitility.await()
        .untilAsserted(
            () -> {
              pass(2);
              assertThat(connections()).isZero();
            });
  }

  @Test
  void costsNoMoreForBodyThatComesInTinyPieces() {
    BodyPieces bytes = new BodyPieces();
    Buffer expected = Buffer.buffer();
    for (int i = 0; i < 300_000; i++) {
      bytes.add(Buffer.buffer().appendByte((byte) i));
      expected.appendByte((byte) i);
    }
    bytes.add(Buffer.buffer(random(BodyPieces.OWN_BYTES)));
    bytes.add(Buffer.buffer("end"));
    Buffer whole = bytes.join();
    assertThat(whole)
        .isEqualTo(expected.appendBytes(random(BodyPieces.OWN_BYTES)).appendString("end"));
    // Fails if each piece is kept as it came.
    assertThat(((BufferInternal) whole).getByteBuf().nioBufferCount()).isLessThan(10);
  }
}
