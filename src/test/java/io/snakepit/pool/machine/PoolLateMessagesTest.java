package io.snakepit.pool.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.Call;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.core.streams.ReadStream;
import java.lang.reflect.Proxy;
import org.junit.jupiter.api.Test;

/** Messages of workers that are gone, or about calls that nobody waits for any more. */
class PoolLateMessagesTest {
  private final PoolScript pool = new PoolScript(1, 10).serving();
  private final WorkerAnswers messages = pool.state.messages();

  @SuppressWarnings("unchecked")
  private static Call upload() {
    ReadStream<Buffer> body =
        (ReadStream<Buffer>)
            Proxy.newProxyInstance(
                PoolLateMessagesTest.class.getClassLoader(),
                new Class<?>[] {ReadStream.class},
                (proxy, method, arguments) -> proxy);
    return Call.of("tool").upload(body, "x/y");
  }

  /** Fails with a null pointer, or with effects on whoever has its place now. */
  @Test
  void aWorkerThatIsGoneIsNotHeard() {
    Ticket call = pool.stream();
    pool.crashes("p-1");
    pool.ready("p-2");
    pool.taken();

    pool.does(messages.completed("p-1", call.sequence, null, 0, pool.now));
    pool.does(messages.chunk("p-1", call.sequence, 1, pool.now));
    pool.does(messages.blocked("p-1", call.sequence, pool.now));
    pool.does(messages.argumentsTaken("p-1", call.sequence, pool.now));
    pool.does(messages.tookTooMuch("p-1", call, 1, pool.now));
    pool.does(pool.state.workerReady("p-1", ToolRules.NONE, pool.now));
    pool.does(pool.state.workerHolds("p-1", 1));
    pool.does(pool.state.workerLost("p-1", true, pool.now));
    pool.does(pool.state.workerHung("p-1", "is silent", pool.now));
    pool.crashes("p-1");

    assertThat(pool.effects).isEmpty();
    assertThat(pool.state.awaits("p-1", call.sequence)).isFalse();
    assertThat(pool.state.crew().ready()).isEqualTo(1);
  }

  @Test
  void norIsItGivenOrders() {
    pool.does(pool.orders.recycle("p-9"));
    pool.does(pool.orders.kill("p-9", pool.now));
    assertThat(pool.effects).isEmpty();
  }

  /** Fails if it is killed once more, with another reason in the log. */
  @Test
  void aWorkerThatIsToEndIsNotKilledAgain() {
    pool.does(pool.state.workerHung("p-1", "is silent", pool.now));
    pool.does(pool.state.workerHung("p-1", "is silent", pool.now));
    pool.does(pool.orders.kill("p-1", pool.now));
    assertThat(pool.kills()).containsExactly("p-1");
  }

  @Test
  void aWorkerThatClaimsToHaveTakenMoreThanItHasGotIsKilled() {
    Ticket call = pool.submit(upload());
    pool.does(messages.tookTooMuch("p-1", call, 7, pool.now));
    assertThat(pool.kills()).containsExactly("p-1");
  }

  /** Fails if an answer that nobody wants takes its place among those that wait for room. */
  @Test
  void anAnswerIsAwaitedUntilItsCallIsOver() {
    Ticket call = pool.submit();
    assertThat(pool.state.awaits("p-1", call.sequence)).isTrue();
    assertThat(pool.state.awaits("p-1", 99)).as("of no call").isFalse();
    pool.cancels(call);
    assertThat(pool.state.awaits("p-1", call.sequence)).as("of one cancelled").isFalse();
  }

  /** Fails if the consumer of a stream is hurried, or gets credit, though he has left. */
  @Test
  void aStreamThatWasCancelledMayStillSayThatItIsBlocked() {
    Ticket stream = pool.stream();
    pool.cancels(stream);
    pool.taken();
    pool.does(messages.blocked("p-1", stream.sequence, pool.now));
    pool.does(messages.blocked("p-1", stream.sequence, pool.now));
    assertThat(pool.effects).isEmpty();
  }

  /** Fails if a caller who has been told that his call is cancelled hears of it once more. */
  @Test
  void aPoolThatIsBrokenTellsNobodyTwice() {
    pool.cancels(pool.submit());
    pool.does(pool.state.abort("broken"));
    assertThat(pool.refused()).containsExactly("c1 CANCELLED");
  }

  /** Fails if more arguments are sent to a call that is being interrupted. */
  @Test
  void argumentsThatWereTakenAreMadeGoodUntilTheCallIsCancelled() {
    Ticket call = pool.submit(upload());
    pool.taken();
    pool.does(messages.argumentsTaken("p-1", call.sequence, pool.now));
    assertThat(pool.taken()).containsExactly(new PoolEffect.Refill(call));
    pool.cancels(call);
    pool.taken();
    pool.does(messages.argumentsTaken("p-1", call.sequence, pool.now));
    assertThat(pool.effects).isEmpty();
  }

  /** Fails if credit is granted, or an end told, for a stream whose consumer has been told one. */
  @Test
  void whatIsTakenOfAStreamThatIsOverCountsForNothing() {
    Ticket stream = pool.stream();
    pool.yields(stream, 1, 10);
    pool.cancels(stream);
    pool.taken();
    pool.takes(stream, 1, 10);
    assertThat(pool.effects).isEmpty();
  }

  /** Fails if a stream without a deadline is said to have missed one, or stands still for ever. */
  @Test
  void aStreamWithoutADeadlineEndsByItsIdleTime() {
    PoolScript idle =
        new PoolScript(
                new JsonObject()
                    .put("size", 1)
                    .put("executeTimeoutMs", 0)
                    .put("stream", new JsonObject().put("idleTimeoutMs", 50)))
            .serving();
    idle.stream();
    idle.passes(49);
    assertThat(idle.refused()).isEmpty();
    idle.passes(1);
    assertThat(idle.refused()).containsExactly("c1 EXECUTE_TIMEOUT");
    assertThat(idle.effects)
        .filteredOn(PoolEffect.Refuse.class::isInstance)
        .allMatch(each -> ((PoolEffect.Refuse) each).message().contains("stream.idleTimeoutMs"));
  }

  /** Fails if the late answer of a cancelled call takes another of the same id out of the table. */
  @Test
  void theLateAnswerOfACancelledCallLeavesItsNamesakeAlone() {
    Call named = Call.of("tool").id("mine");
    Ticket first = NoCaller.ticket(named, "mine", pool.now);
    Ticket second = NoCaller.ticket(named, "mine", pool.now);
    pool.does(pool.state.submit(first, pool.now));
    pool.does(pool.state.cancel(first, pool.now));
    pool.does(pool.state.submit(second, pool.now));
    assertThat(pool.state.calls().known()).isEqualTo(1);

    pool.answers("p-1", first.sequence, null);

    assertThat(pool.state.calls().known()).isEqualTo(1);
    assertThat(pool.state.calls().find("mine")).isSameAs(second);
  }
}
