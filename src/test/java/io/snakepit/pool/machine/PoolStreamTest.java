package io.snakepit.pool.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.core.streams.ReadStream;
import java.lang.reflect.Proxy;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Calls whose answers come in pieces, as the machine sees them. */
class PoolStreamTest {
  private final PoolScript pool = script(new JsonObject());

  /** One worker, a window of 4 chunks and 100 bytes. */
  private static PoolScript script(JsonObject more) {
    JsonObject stream = new JsonObject().put("windowChunks", 4).put("windowBytes", 100);
    JsonObject options = new JsonObject().put("size", 1).put("stream", stream);
    return new PoolScript(options.mergeIn(more, true)).serving();
  }

  private static PoolScript idling(long idleTimeoutMs) {
    return script(
        new JsonObject().put("stream", new JsonObject().put("idleTimeoutMs", idleTimeoutMs)));
  }

  private void answer(Ticket ticket, ErrorCode failure) {
    pool.answers("p-1", ticket.sequence, failure);
  }

  @Test
  void passesChunksOnAndTellsTheEndBehindTheLast() {
    Ticket stream = pool.stream();
    pool.yields(stream, 2, 10);
    answer(stream, null);
    assertThat(pool.flowed()).containsExactly("pass c1", "pass c1", "deliver c1");
    assertThat(pool.state.calls().counters().ok()).as("it is not over").isZero();
    pool.taken();

    pool.takes(stream, 2, 10);

    assertThat(pool.flowed()).containsExactly("finish c1");
    assertThat(pool.state.calls().counters().ok()).isEqualTo(1);
    assertThat(pool.state.calls().known()).isZero();
  }

  @Test
  void tellsTheEndAtOnceOfAStreamWithoutUntakenChunks() {
    Ticket stream = pool.stream();
    answer(stream, null);
    assertThat(pool.flowed()).containsExactly("deliver c1", "finish c1");
  }

  /** Fails if a worker is kept by a consumer who takes his time. */
  @Test
  void theWorkerIsFreeWhileItsChunksAreStillTaken() {
    Ticket stream = pool.stream();
    Ticket next = pool.submit();
    pool.yields(stream, 3, 10);
    answer(stream, null);
    assertThat(pool.dispatched()).contains(next.id + "@p-1");
    assertThat(stream.state).isEqualTo(Ticket.State.DELIVERING);
  }

  @Test
  void grantsCreditForWhatHasBeenTaken() {
    Ticket stream = pool.stream();
    pool.yields(stream, 4, 10);
    pool.taken();
    pool.takes(stream, 4, 10);
    assertThat(pool.flowed()).containsExactly("grant 2 20", "grant 2 20");
  }

  @Test
  void aBlockedWorkerGetsWhatThereIsAtOnceAndItsConsumerIsHurried() {
    Ticket stream = pool.stream();
    pool.yields(stream, 2, 10);
    pool.takes(stream, 1, 10);
    pool.taken();
    pool.does(pool.state.messages().blocked("p-1", stream.sequence, pool.now));
    pool.takes(stream, 1, 10);
    assertThat(pool.flowed()).containsExactly("hurry c1", "grant 1 10", "grant 1 10");
  }

  /** S3. Fails if the chunks that came before the end are dropped, or told behind it. */
  @Test
  void aWorkersDeathIsToldBehindTheChunksItHasYielded() {
    Ticket stream = pool.stream();
    pool.yields(stream, 2, 10);
    pool.crashes("p-1");
    assertThat(pool.flowed()).containsExactly("pass c1", "pass c1", "hold c1 WORKER_CRASHED");
    pool.taken();
    pool.takes(stream, 2, 10);
    assertThat(pool.flowed()).containsExactly("finish c1");
    assertThat(pool.state.calls().counters().of(ErrorCode.WORKER_CRASHED)).isEqualTo(1);
  }

  @Test
  void anExceptionIsCountedWhenItIsTold() {
    Ticket stream = pool.stream();
    pool.yields(stream, 1, 10);
    answer(stream, ErrorCode.PYTHON_EXCEPTION);
    assertThat(pool.state.calls().counters().of(ErrorCode.PYTHON_EXCEPTION)).isZero();
    pool.takes(stream, 1, 10);
    assertThat(pool.state.calls().counters().of(ErrorCode.PYTHON_EXCEPTION)).isEqualTo(1);
  }

  @Test
  void aStreamThatIsCancelledIsInterruptedAndNothingOfItIsPassedOn() {
    Ticket stream = pool.stream();
    pool.yields(stream, 1, 10);
    pool.taken();
    pool.does(pool.state.cancel(stream, pool.now));
    pool.yields(stream, 3, 10);
    assertThat(pool.flowed()).containsExactly("refuse c1 CANCELLED");
    assertThat(pool.interrupted()).containsExactly("1@p-1");
    pool.taken();
    pool.does(pool.state.cancel(stream, pool.now));
    pool.takes(stream, 1, 10);
    assertThat(pool.effects).as("it is over").isEmpty();
  }

  @Test
  void aStreamIsCancelledWhileItsLastChunksAreTaken() {
    Ticket stream = pool.stream();
    pool.yields(stream, 1, 10);
    answer(stream, null);
    pool.taken();
    pool.cancels(stream);
    assertThat(pool.flowed()).containsExactly("refuse c1 CANCELLED");
    assertThat(pool.state.calls().counters().ok()).isZero();
    assertThat(pool.state.streams().delivering()).isZero();
  }

  /** The deadline holds for the whole stream. */
  @Test
  void aStreamThatGoesOnBeyondItsDeadlineEnds() {
    Ticket stream = pool.stream();
    for (int i = 0; i < 20; i++) {
      pool.passes(PoolScript.EXECUTE_TIMEOUT_MS / 19);
      pool.yields(stream, 1, 1);
      pool.takes(stream, 1, 1);
    }
    assertThat(pool.refused()).containsExactly("c1 EXECUTE_TIMEOUT");
    assertThat(pool.interrupted()).containsExactly("1@p-1");
  }

  /** Fails if nobody looks at the deadline once Python is done: a stalled client would stay. */
  @Test
  void theDeadlineHoldsUntilTheLastChunkIsTaken() {
    Ticket stream = pool.stream();
    pool.yields(stream, 1, 10);
    answer(stream, null);
    pool.passes(PoolScript.EXECUTE_TIMEOUT_MS);
    assertThat(pool.refused()).containsExactly("c1 EXECUTE_TIMEOUT");
    assertThat(pool.state.calls().counters().of(ErrorCode.EXECUTE_TIMEOUT)).isEqualTo(1);
    assertThat(pool.state.calls().counters().ok()).isZero();
  }

  @Test
  void aStreamThatStandsStillForTooLongEnds() {
    PoolScript idle = idling(50);
    Ticket stream = idle.stream();
    for (int i = 0; i < 4; i++) {
      idle.passes(30);
      idle.yields(stream, 1, 10);
      idle.passes(30);
      idle.takes(stream, 1, 10);
    }
    assertThat(idle.refused()).isEmpty();
    idle.passes(50);
    assertThat(idle.refused()).containsExactly("c1 EXECUTE_TIMEOUT");
    assertThat(message(idle.effects)).contains("stream.idleTimeoutMs").contains("50 ms");
  }

  /** Fails if a stream that may stand still for longer outlives its deadline. */
  @Test
  void theDeadlineHoldsForStreamsThatMayStandStillForLonger() {
    PoolScript idle = idling(10 * PoolScript.EXECUTE_TIMEOUT_MS);
    idle.stream();
    idle.passes(PoolScript.EXECUTE_TIMEOUT_MS);
    assertThat(idle.refused()).containsExactly("c1 EXECUTE_TIMEOUT");
    assertThat(message(idle.effects)).contains("within 1000 ms");
  }

  /** Fails if a call whose arguments are read only once is begun a second time. */
  @Test
  @SuppressWarnings("unchecked")
  void anIdempotentUploadIsNotTriedAgain() {
    ReadStream<Buffer> body =
        (ReadStream<Buffer>)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ReadStream.class},
                (proxy, method, arguments) -> proxy);
    pool.submit(Call.of("tool").idempotent(true).upload(body, "x/y"));
    pool.crashes("p-1");
    assertThat(pool.refused()).containsExactly("c1 WORKER_CRASHED");
  }

  @Test
  void aConsumerThatStandsStillWithTheLastChunksIsTold() {
    PoolScript idle = idling(50);
    Ticket stream = idle.stream();
    idle.yields(stream, 2, 10);
    idle.answers("p-1", stream.sequence, null);
    idle.passes(30);
    idle.takes(stream, 1, 10);
    idle.passes(30);
    assertThat(idle.refused()).isEmpty();
    idle.passes(20);
    assertThat(idle.refused()).containsExactly("c1 EXECUTE_TIMEOUT");
  }

  private static String message(List<PoolEffect> effects) {
    return effects.stream()
        .filter(PoolEffect.Refuse.class::isInstance)
        .map(refuse -> ((PoolEffect.Refuse) refuse).message())
        .findFirst()
        .orElseThrow();
  }

  /** Fails if a stream is begun anew behind chunks that somebody has got. */
  @Test
  void anIdempotentStreamIsTriedAgainOnlyBeforeItsFirstChunk() {
    Call call = Call.of("tool").idempotent(true);
    Ticket begun = pool.stream(call);
    pool.yields(begun, 1, 10);
    pool.crashes("p-1");
    pool.takes(begun, 1, 10);
    assertThat(pool.flowed()).contains("hold c1 WORKER_CRASHED", "finish c1");

    pool.ready("p-2");
    Ticket fresh = pool.stream(call);
    pool.crashes("p-2");
    pool.ready("p-3");
    assertThat(pool.dispatched()).endsWith(fresh.id + "@p-3");
  }

  @Test
  void aChunkBeyondTheCreditIsTheEndOfItsWorker() {
    Ticket stream = pool.stream();
    pool.yields(stream, 5, 10);
    assertThat(pool.kills()).containsExactly("p-1");
    assertThat(pool.flowed()).hasSize(4);
  }

  @Test
  void soIsAChunkOfACallThatWantsNone() {
    Ticket plain = pool.submit();
    pool.does(pool.state.messages().chunk("p-1", plain.sequence, 1, pool.now));
    assertThat(pool.kills()).containsExactly("p-1");
    assertThat(pool.flowed()).isEmpty();
  }

  @Test
  void soAreAChunkABlockAndCreditForNoCallAtAll() {
    for (int what = 0; what < 3; what++) {
      PoolScript fresh = script(new JsonObject());
      WorkerAnswers messages = fresh.state.messages();
      fresh.does(
          switch (what) {
            case 0 -> messages.chunk("p-1", 99, 1, fresh.now);
            case 1 -> messages.blocked("p-1", 99, fresh.now);
            default -> messages.argumentsTaken("p-1", 99, fresh.now);
          });
      assertThat(fresh.kills()).as("%d", what).containsExactly("p-1");
    }
  }

  /** Fails if a worker may say it for ever. */
  @Test
  void soIsToSayTwiceThatItIsBlocked() {
    Ticket stream = pool.stream();
    pool.yields(stream, 1, 10);
    pool.does(pool.state.messages().blocked("p-1", stream.sequence, pool.now));
    assertThat(pool.kills()).isEmpty();
    pool.does(pool.state.messages().blocked("p-1", stream.sequence, pool.now));
    assertThat(pool.kills()).containsExactly("p-1");
  }

  @Test
  void aPoolStopsOnceTheLastChunkIsTaken() {
    Ticket stream = pool.stream();
    pool.yields(stream, 1, 10);
    pool.drains(500);
    answer(stream, null);
    pool.stops("p-1");
    assertThat(pool.effects).noneMatch(PoolEffect.Stopped.class::isInstance);
    pool.takes(stream, 1, 10);
    assertThat(pool.effects).anyMatch(PoolEffect.Stopped.class::isInstance);
  }

  @Test
  void aPoolThatIsStoppingWaitsForNoConsumerBeyondItsLimit() {
    Ticket stream = pool.stream();
    pool.yields(stream, 1, 10);
    pool.drains(500);
    answer(stream, null);
    pool.stops("p-1");
    pool.passes(500);
    assertThat(pool.refused()).containsExactly("c1 CANCELLED");
    assertThat(pool.effects).anyMatch(PoolEffect.Stopped.class::isInstance);
  }

  @Test
  void aBrokenPoolAnswersThoseWhoStillTakeChunks() {
    Ticket stream = pool.stream();
    pool.yields(stream, 1, 10);
    answer(stream, null);
    pool.does(pool.state.abort("broken"));
    assertThat(pool.refused()).containsExactly("c1 WORKER_CRASHED");
  }

  @Test
  void aStreamGoesByItselfWhereOthersGoTogether() {
    PoolScript fresh = new PoolScript(1, 10).batching("tool", 4, 50).serving();
    Ticket stream = fresh.stream(Call.of("tool"));
    assertThat(stream.state).isEqualTo(Ticket.State.RUNNING);
    assertThat(fresh.effects)
        .filteredOn(PoolEffect.Dispatch.class::isInstance)
        .allMatch(each -> ((PoolEffect.Dispatch) each).batch() == 0);
  }
}
