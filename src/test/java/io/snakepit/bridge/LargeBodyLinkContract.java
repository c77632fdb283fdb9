package io.snakepit.bridge;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.snakepit.api.Call;
import io.snakepit.api.waiting.ByteBudget;
import io.snakepit.api.waiting.ByteLease;
import io.snakepit.api.waiting.WaitingBody;
import io.snakepit.bridge.DispatchedCall.Windows;
import io.snakepit.bridge.LinkEnd.Cause;
import io.snakepit.bridge.v1.Ping;
import io.snakepit.bridge.v1.Result;
import io.snakepit.bridge.v1.WorkerMessage;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The promises of a link about large bodies, in both directions, besides those of any. */
abstract class LargeBodyLinkContract extends LinkEndContract {
  /**
   * Turns of the event loop, in which a host that did not wait would read far more than there is.
   */
  private static final int TURNS = 200;

  /** Has the worker send a large result, which takes until the host reads it. */
  private CompletableFuture<Void> sayLargeResult() {
    WorkerMessage result =
        WorkerMessage.newBuilder().setResult(Result.newBuilder().setId(7)).build();
    return CompletableFuture.runAsync(
        () -> {
          try {
            worker.say(result, new byte[MAX_BODY]);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /** Has the large body wait, and returns once the host has been asked about it. */
  private CompletableFuture<Void> sayWhatWaits() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    listener.decide(
        (sequence, bytes) -> {
          assertThat(sequence).isEqualTo(7);
          assertThat(bytes).isEqualTo(MAX_BODY);
          asked.countDown();
          return Intake.WAIT;
        });
    CompletableFuture<Void> said = sayLargeResult();
    assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
    return said;
  }

  @Test
  void aLargeBodyWaitsInTheWorkerUntilItIsLetIn() throws Exception {
    CompletableFuture<Void> said = sayWhatWaits();
    run(link::readOn);
    for (int i = 1; i <= TURNS; i++) {
      Ping ping = Ping.newBuilder().setSequence(i).build();
      run(() -> link.ping(ping.getSequence()));
      assertThat(worker.hearControl().getPing()).isEqualTo(ping);
    }
    assertThat(said.isDone()).as("the worker has still to send it").isFalse();
    assertThat(listener.hasHeardMore()).isFalse();

    listener.decide((sequence, bytes) -> Intake.READ);
    run(link::readOn);

    assertThat(listener.next(RecordedLink.Succeeded.class).body().length()).isEqualTo(MAX_BODY);
    said.get(20, TimeUnit.SECONDS);
  }

  @Test
  void aLargeBodyThatNobodyWantsIsDropped() throws Exception {
    CompletableFuture<Void> said = sayWhatWaits();
    listener.decide((sequence, bytes) -> Intake.DROP);
    run(link::readOn);
    RecordedLink.Succeeded told = listener.next(RecordedLink.Succeeded.class);
    assertThat(told.sequence()).isEqualTo(7);
    assertThat(told.body().length()).isZero();
    said.get(20, TimeUnit.SECONDS);
  }

  @Test
  void theEndOfAWorkerWhoseBodyWaitsIsTold() throws Exception {
    CompletableFuture<Void> said = sayWhatWaits();
    run(link::close);
    assertThat(listener.nextEnd().cause()).isEqualTo(Cause.CLOSED);
    assertThatThrownBy(() -> said.get(20, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class);
  }

  @Test
  void aLargeBodyOfACallIsLetGoOfOnceItIsWritten() throws Exception {
    for (boolean idempotent : new boolean[] {false, true}) {
      ByteBudget budget = new ByteBudget(10, 1);
      ByteLease lease = requireNonNull(budget.open("limit").take(MAX_BODY));
      WaitingBody body = new WaitingBody(Buffer.buffer(new byte[MAX_BODY]), lease);
      Call call = Call.of("t").body(body, "a/b").idempotent(idempotent);
      run(() -> link.call(new DispatchedCall(9, "c", call, 0, 0, Windows.NONE)));
      assertThat(body.isHere()).as("it does not fit into a socket").isTrue();
      assertThat(worker.hear().body().length()).isEqualTo(MAX_BODY);
      await().untilAsserted(() -> assertThat(body.isHere()).isEqualTo(idempotent));
      body.close();
      assertThat(budget.counted()).isZero();
    }
  }

  @Test
  void aLargeBodyThatCouldNotBeWrittenStaysForAnotherWorker() throws Exception {
    ByteLease lease = requireNonNull(ByteBudget.unlimited().open("limit").take(MAX_BODY));
    WaitingBody body = new WaitingBody(Buffer.buffer(new byte[MAX_BODY]), lease);
    Call call = Call.of("t").body(body, "a/b");
    run(() -> link.call(new DispatchedCall(9, "c", call, 0, 0, Windows.NONE)));
    worker.close();
    listener.nextEnd();
    assertThat(body.isHere()).isTrue();
    body.close();
    await().untilAsserted(() -> assertThat(body.isHere()).isFalse());
  }

  /** Fails if the write that never began counts as one under way: its bytes would for ever. */
  @Test
  void aLargeBodyWhoseFrameIsRefusedIsLetGoOfWithItsCall() throws Exception {
    ByteBudget budget = new ByteBudget(10, 1);
    ByteLease lease = requireNonNull(budget.open("limit").take(MAX_BODY));
    WaitingBody body = new WaitingBody(Buffer.buffer(new byte[MAX_BODY]), lease);
    Call call = Call.of("t").body(body, "a/b");
    String id = "c".repeat(Protocol.MAX_HEADER_BYTES);
    DispatchedCall tooLarge = new DispatchedCall(9, id, call, 0, 0, Windows.NONE);
    assertThatThrownBy(() -> run(() -> link.call(tooLarge)))
        .hasStackTraceContaining("FrameTooLargeException");
    assertThat(body.isHere()).as("it may go to another worker").isTrue();
    body.close();
    assertThat(budget.counted()).isZero();
  }
}
