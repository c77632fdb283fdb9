package io.snakepit.http;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.Result;
import io.snakepit.api.waiting.ByteAccount;
import io.snakepit.api.waiting.ByteBudget;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A large answer gives back what it has taken once its client has it, or is gone. */
class HeldAnswersTest extends DoorTestBase {
  private static final String NDJSON = "Accept: application/x-ndjson";
  private static final String TWO = "Content-Length: 2\r\n\r\n{}";

  /** More than the sockets between host and client hold. */
  private static final int HUGE = 30_000_000;

  private final ByteBudget budget = ByteBudget.unlimited();
  private final ByteAccount account = budget.open("http.maxBufferedBytes");

  /** Counts an answer of that size, as the pool does before it hands it over. */
  private void count(Call call, int bytes) {
    requireNonNull(call.answerHold()).take(requireNonNull(account.take(bytes)));
  }

  private Future<Result> counted(Call call, int bytes) {
    count(call, bytes);
    Buffer body = Buffer.buffer(new byte[bytes]);
    return Future.succeededFuture(FakeExecutor.result(call, "application/octet-stream", body));
  }

  private void awaitNothingCounted() {
    Awaitility.await().until(() -> budget.counted() == 0);
  }

  /** Fails where only the end of the connection gives an answer back: here it goes on. */
  @ParameterizedTest
  @ValueSource(strings = {"Snakepit-Call-Id: chosen", "X-None: of its own"})
  void anAnswerThatItsClientHasTaken(String header) throws Exception {
    executor.behave(call -> counted(call, 200_000));
    assertThat(probe.post(ECHO, "{}", JSON, header).body()).hasSize(200_000);
    awaitNothingCounted();
    assertThat(probe.post(ECHO, "{}", JSON).status()).isEqualTo(200);
    awaitNothingCounted();
  }

  /** Fails where it counts for as long as its client is waited for in vain. */
  @Test
  void anAnswerWhoseClientGoesWhileItIsSent() throws Exception {
    executor.behave(call -> counted(call, HUGE));
    probe.send(Probe.head("POST", ECHO) + TWO);
    assertThat(probe.answerHead().status()).isEqualTo(200);
    assertThat(budget.counted()).as("not taken yet").isEqualTo(HUGE);
    probe.close();
    awaitNothingCounted();
  }

  /** Fails where an answer is counted that nobody is there for any more. */
  @Test
  void anAnswerThatComesWhenItsClientHasGone() throws Exception {
    Promise<Result> held = Promise.promise();
    executor.behave(call -> held.future());
    probe.send(Probe.head("POST", ECHO) + TWO);
    Call call = executor.next();
    probe.close();
    executor.nextCancelled();
    door.serverContext().runOnContext(here -> counted(call, 200_000).onComplete(held));
    await(held.future());
    awaitNothingCounted();
  }

  private FakeStream begin() throws Exception {
    probe.send(Probe.head("POST", ECHO, NDJSON) + TWO);
    return executor.nextStream();
  }

  private static String chunk(int bytes) {
    return "\"" + "x".repeat(bytes - 2) + "\"";
  }

  /** Fails where a stream's chunks count until its end. */
  @Test
  void aChunkThatItsClientHasTaken() throws Exception {
    FakeStream stream = begin();
    Call call = executor.next();
    for (int i = 0; i < 2; i++) {
      count(call, 200_000);
      stream.emit(chunk(200_000));
      if (i == 0) {
        probe.answerHead();
      }
      for (int read = 0; read < 200_000; ) {
        read += probe.piece().length();
      }
      awaitNothingCounted();
    }
    assertThat(stream.isCancelled()).isFalse();
  }

  @Test
  void aChunkWhoseClientGoesWhileItIsSent() throws Exception {
    FakeStream stream = begin();
    count(executor.next(), HUGE);
    stream.emit(chunk(HUGE));
    assertThat(probe.answerHead().status()).isEqualTo(200);
    assertThat(budget.counted()).as("not taken yet").isEqualTo(HUGE);
    probe.close();
    awaitNothingCounted();
    assertThat(stream.awaitsCancel()).isTrue();
  }

  /** Fails where a chunk counts that is dropped, since its stream has failed before. */
  @Test
  void aChunkThatIsNeverSent() throws Exception {
    FakeStream stream = begin();
    count(executor.next(), 200_000);
    stream.fail(ErrorCode.EXECUTE_TIMEOUT, "too late");
    assertThat(probe.answer().status()).isEqualTo(504);
    awaitNothingCounted();
  }

  /** Fails where a chunk counts that is dropped behind another. */
  @Test
  void aChunkThatIsNotSentAnyMore() throws Exception {
    FakeStream stream = begin();
    count(executor.next(), 200_000);
    stream.emit("1");
    stream.fail(ErrorCode.EXECUTE_TIMEOUT, "too late");
    assertThat(probe.answer().text()).contains("EXECUTE_TIMEOUT");
    awaitNothingCounted();
  }

  /** Fails where an answer is counted for ever that waits for the rest of its request in vain. */
  @Test
  void anAnswerWhoseClientGoesWithinABodyThatNobodyReads() throws Exception {
    executor.takeUploads();
    executor.behave(call -> counted(call, 200_000));
    probe.send(
        Probe.head("POST", ECHO, "Content-Type: application/octet-stream", "Content-Length: 10")
            + "\r\nabc");
    executor.next();
    Awaitility.await().until(() -> budget.counted() == 200_000);
    probe.close();
    awaitNothingCounted();
  }

  /** Fails where a chunk is counted for ever that comes when its call has been given up. */
  @Test
  void aChunkThatComesAfterTheCallWasGivenUp() throws Exception {
    executor.takeUploads();
    probe.send(
        Probe.head(
                "POST",
                ECHO,
                NDJSON,
                "Content-Type: application/octet-stream",
                "Transfer-Encoding: chunked")
            + "\r\n");
    FakeStream stream = executor.nextStream();
    Call call = executor.next();
    door.serverContext().runOnContext(here -> requireNonNull(call.upload()).resume());
    probe.send("no size\r\n");
    assertThat(probe.answer().status()).isEqualTo(400);
    assertThat(stream.awaitsCancel()).isTrue();
    count(call, 200_000);
    awaitNothingCounted();
  }
}
