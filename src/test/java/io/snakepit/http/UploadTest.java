package io.snakepit.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.Result;
import io.snakepit.api.SnakepitException;
import io.vertx.core.Promise;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.core.streams.ReadStream;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class UploadTest extends DoorTestBase {
  private static final String BYTES = "Content-Type: application/octet-stream";
  private static final String CHUNKED = "Transfer-Encoding: chunked";
  private static final int MAX_UPLOAD = 3_000_000;

  private final BlockingQueue<Promise<Result>> open = new LinkedBlockingQueue<>();

  @Override
  JsonObject settings() {
    return super.settings().put("maxUploadBytes", MAX_UPLOAD);
  }

  /** Takes the transport that the host takes. */
  @Override
  VertxOptions vertxOptions() {
    return new VertxOptions().setPreferNativeTransport(true);
  }

  @BeforeEach
  void holdCalls() {
    executor.takeUploads();
    executor.behave(
        call -> {
          Promise<Result> promise = Promise.promise();
          open.add(promise);
          return promise.future();
        });
  }

  /** A tool that reads its body: one piece after the other, as it is told. */
  private final class Reader {
    final BlockingQueue<String> pieces = new LinkedBlockingQueue<>();
    final BlockingQueue<String> last = new LinkedBlockingQueue<>();
    final Call call;
    private final ReadStream<Buffer> bytes;
    private final AtomicLong length = new AtomicLong();

    Reader(Call call) throws Exception {
      this.call = call;
      this.bytes = call.upload();
      onDoor(
          () ->
              bytes
                  .handler(
                      piece -> {
                        length.addAndGet(piece.length());
                        pieces.add(piece.length() > 100 ? "many" : piece.toString());
                      })
                  .endHandler(end -> last.add("end"))
                  .exceptionHandler(failure -> last.add(failure.getClass().getSimpleName())));
    }

    void fetch(long amount) throws Exception {
      onDoor(() -> bytes.fetch(amount));
    }

    String nextPiece() throws InterruptedException {
      return pieces.poll(20, TimeUnit.SECONDS);
    }

    String lastWord() throws InterruptedException {
      return last.poll(20, TimeUnit.SECONDS);
    }
  }

  private void onDoor(Runnable action) throws Exception {
    Promise<Void> done = Promise.promise();
    door.serverContext()
        .runOnContext(
            here -> {
              action.run();
              done.complete();
            });
    await(done.future());
  }

  private void answer(Call call, String body) throws Exception {
    Promise<Result> promise = open.poll(20, TimeUnit.SECONDS);
    onDoor(() -> promise.complete(FakeExecutor.result(call, "", Buffer.buffer(body))));
  }

  private Reader begin(String... headers) throws Exception {
    probe.send(Probe.head("POST", ECHO, headers) + "\r\n");
    return new Reader(executor.next());
  }

  @Test
  void passesTheBodyAsItComesAndNoFasterThanAsked() throws Exception {
    Reader reader = begin(BYTES, CHUNKED, "Snakepit-Session: s");
    assertThat(reader.call.contentType()).isEqualTo("application/octet-stream");
    assertThat(reader.call.session()).isEqualTo("s");
    assertThat(reader.call.uploadContext()).isNotNull();
    probe.send("1\r\na\r\n");
    reader.fetch(1);
    assertThat(reader.nextPiece()).isEqualTo("a");
    probe.send("1\r\nb\r\n1\r\nc\r\n0\r\n\r\n");
    try (Probe other = connect()) {
      other.ask("GET", "/health/live");
    }
    // Fails if the request isn't paused between.
    assertThat(reader.pieces).isEmpty();
    reader.fetch(Long.MAX_VALUE);
    assertThat(reader.nextPiece()).isEqualTo("b");
    assertThat(reader.nextPiece()).isEqualTo("c");
    assertThat(reader.lastWord()).isEqualTo("end");
    answer(reader.call, "3");
    assertThat(probe.answer().text()).isEqualTo("3");
    assertThat(probe.ask("GET", "/health/live").status()).isEqualTo(200);
  }

  @Test
  void takesMoreThanABodyMayHave() throws Exception {
    byte[] body = new byte[MAX_UPLOAD];
    Reader reader = begin(BYTES, "Content-Length: " + body.length);
    reader.fetch(Long.MAX_VALUE);
    probe.send(body);
    assertThat(reader.lastWord()).isEqualTo("end");
    assertThat(reader.length).hasValue(MAX_UPLOAD);
    answer(reader.call, "1");
    assertThat(probe.answer().status()).isEqualTo(200);
  }

  @Test
  void readsJsonAndEmptyBodiesAsAWhole() throws Exception {
    executor.behave(FakeExecutor::echo);
    assertThat(probe.post(ECHO, "{}", JSON).text()).isEqualTo("{}");
    assertThat(executor.next().upload()).isNull();
    probe.post(ECHO, "{}", "Content-Type: application/json; charset=utf-8");
    assertThat(executor.next().upload()).isNull();
    probe.post(ECHO, "", BYTES);
    Call call = executor.next();
    assertThat(call.upload()).isNull();
    assertThat(call.contentType()).isEqualTo("application/octet-stream");
  }

  @Test
  void passesAnEmptyBodyInChunksAsItComes() throws Exception {
    Reader reader = begin(BYTES, CHUNKED);
    probe.send("0\r\n\r\n");
    reader.fetch(1);
    assertThat(reader.lastWord()).isEqualTo("end");
    assertThat(reader.pieces).isEmpty();
    answer(reader.call, "0");
    assertThat(probe.answer().text()).isEqualTo("0");
  }

  @Test
  void refusesByContentLengthBeforeAnythingIsRead() throws Exception {
    probe.send(Probe.head("POST", ECHO, BYTES, "Content-Length: 3000001") + "\r\n");
    Probe.Answer answer = probe.answer();
    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.json().getString("detail"))
        .isEqualTo("the body has 3000001 bytes: http.maxUploadBytes allows 3000000");
    assertThat(executor.waiting()).isZero();
  }

  @Test
  void cancelsTheCallOfBodyThatGetsTooLong() throws Exception {
    // Fails if the client is told of the cancellation rather than of its cause.
    executor.whenCancelled(
        () -> open.remove().fail(new SnakepitException(ErrorCode.CANCELLED, "cancelled")));
    Reader reader = begin(BYTES, CHUNKED);
    reader.fetch(Long.MAX_VALUE);
    String piece = "10000\r\n" + "x".repeat(0x10000) + "\r\n";
    for (int sent = 0; sent <= MAX_UPLOAD; sent += 0x10000) {
      probe.send(piece);
    }
    Probe.Answer answer = probe.answer();
    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.json().getString("detail"))
        .isEqualTo("the body has more than 3000000 bytes: http.maxUploadBytes allows 3000000");
    assertThat(executor.nextCancelled()).isEqualTo(reader.call.id());
    assertThat(reader.lastWord()).isEqualTo("SnakepitException");
    assertThat(reader.length.get()).isLessThanOrEqualTo(MAX_UPLOAD);
    probe.send("0\r\n\r\n");
    assertThat(probe.isClosedByHost()).isTrue();
  }

  /** Seen red with the limit one higher, and one lower. */
  @Test
  void takesAnUploadInChunksOfExactlyTheLimit() throws Exception {
    Reader reader = begin(BYTES, CHUNKED);
    reader.fetch(Long.MAX_VALUE);
    sendInChunks(MAX_UPLOAD);
    assertThat(reader.lastWord()).isEqualTo("end");
    assertThat(reader.length).hasValue(MAX_UPLOAD);
    answer(reader.call, "1");
    assertThat(probe.answer().status()).isEqualTo(200);

    Reader another = begin(BYTES, CHUNKED);
    another.fetch(Long.MAX_VALUE);
    sendInChunks(MAX_UPLOAD + 1);
    assertThat(probe.answer().status()).isEqualTo(413);
    assertThat(executor.nextCancelled()).isEqualTo(another.call.id());
  }

  private void sendInChunks(int length) throws Exception {
    int first = length - 1;
    probe.send(Integer.toHexString(first) + "\r\n" + "x".repeat(first) + "\r\n");
    probe.send("1\r\nx\r\n0\r\n\r\n");
  }

  @Test
  void endsTheStreamOfBodyThatGetsTooLongWithItsError() throws Exception {
    probe.send(Probe.head("POST", ECHO, BYTES, CHUNKED, "Accept: application/x-ndjson") + "\r\n");
    FakeStream stream = executor.nextStream();
    Reader reader = new Reader(executor.next());
    reader.fetch(Long.MAX_VALUE);
    stream.emit("1");
    probe.answerHead();
    assertThat(probe.piece()).isEqualTo("1\n");
    String piece = "10000\r\n" + "x".repeat(0x10000) + "\r\n";
    for (int sent = 0; sent <= MAX_UPLOAD; sent += 0x10000) {
      probe.send(piece);
    }
    assertThat(probe.piece()).startsWith("{\"$error\":").contains("PAYLOAD_TOO_LARGE");
    assertThat(probe.piece()).isEmpty();
    assertThat(stream.awaitsCancel()).isTrue();
    probe.send("0\r\n\r\n");
    assertThat(probe.isClosedByHost()).isTrue();
  }

  @Test
  void asksForTheBodyOnceTheCallReadsIt() throws Exception {
    Reader reader = begin(BYTES, "Content-Length: 2", "Expect: 100-continue");
    try (Probe other = connect()) {
      other.ask("GET", "/health/live");
    }
    assertThat(probe.hasBytes()).isFalse();
    reader.fetch(1);
    assertThat(probe.answerHead().status()).isEqualTo(100);
    probe.send("ab");
    assertThat(reader.nextPiece()).isEqualTo("ab");
    reader.fetch(1);
    assertThat(reader.lastWord()).isEqualTo("end");
    answer(reader.call, "7");
    assertThat(probe.answer().text()).isEqualTo("7");
  }

  @Test
  void neverAsksForTheBodyOfCallThatIsRefused() throws Exception {
    executor.fail(ErrorCode.POOL_SATURATED, "full");
    probe.send(
        Probe.head("POST", ECHO, BYTES, "Content-Length: 200000", "Expect: 100-continue") + "\r\n");
    assertThat(probe.answer().status()).isEqualTo(429);
    assertThat(probe.isClosedByHost()).isTrue();
  }

  @Test
  void dropsTheRestOfBodyThatTheToolDoesNotRead() throws Exception {
    Reader reader = begin(BYTES, CHUNKED);
    probe.send("1\r\na\r\n");
    answer(reader.call, "7");
    Probe.Answer answer = probe.answer();
    assertThat(answer.text()).isEqualTo("7");
    assertThat(answer.header("Connection")).isEqualTo("close");
    reader.fetch(5);
    probe.send("1\r\nb\r\n0\r\n\r\n");
    assertThat(probe.isClosedByHost()).isTrue();
    assertThat(reader.pieces).isEmpty();
  }

  @Test
  void keepsTheConnectionWhereTheRestIsShort() throws Exception {
    Reader reader = begin(BYTES, "Content-Length: 2");
    answer(reader.call, "7");
    probe.send("ab");
    assertThat(probe.answer().text()).isEqualTo("7");
    executor.behave(FakeExecutor::echo);
    assertThat(probe.post(ECHO, "{}", JSON).text()).isEqualTo("{}");
  }

  @Test
  void cancelsTheCallOfClientThatGoesWithinItsBody() throws Exception {
    Reader reader = begin(BYTES, CHUNKED);
    probe.send("1\r\na\r\n");
    reader.fetch(Long.MAX_VALUE);
    assertThat(reader.nextPiece()).isEqualTo("a");
    probe.reset();
    assertThat(executor.nextCancelled()).isEqualTo(reader.call.id());
    assertThat(reader.lastWord()).isNotEqualTo("end");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void cancelsTheCallOfClientThatGoesWhileNobodyReads() throws Exception {
    Reader reader = begin(BYTES, CHUNKED);
    probe.send("1\r\na\r\n");
    reader.fetch(1);
    assertThat(reader.nextPiece()).isEqualTo("a");
    probe.close();
    assertThat(executor.nextCancelled()).isEqualTo(reader.call.id());
  }

  @Test
  void countsOnlyTheTimeThatTheClientTakes() throws Exception {
    Reader reader = begin(BYTES, CHUNKED);
    pass(IDLE_SECONDS * 2);
    probe.send("1\r\na\r\n");
    reader.fetch(1);
    assertThat(reader.nextPiece()).isEqualTo("a");
    // Fails if a full window counts as the client's delay.
    pass(IDLE_SECONDS * 2);
    probe.send("1\r\nb\r\n");
    reader.fetch(2);
    assertThat(reader.nextPiece()).isEqualTo("b");
    pass(IDLE_SECONDS + 1);
    assertThat(executor.nextCancelled()).isEqualTo(reader.call.id());
    Awaitility.await().untilAsserted(() -> assertThat(connections()).isZero());
  }
}
