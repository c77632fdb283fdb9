package io.snakepit.http;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.Result;
import io.snakepit.api.SnakepitException;
import io.snakepit.api.waiting.ByteAccount;
import io.snakepit.api.waiting.ByteBudget;
import io.snakepit.api.waiting.ByteLease;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Bodies count from the first byte received on, and there is room for so many. */
class WaitingBodiesTest extends DoorTestBase {
  private static final String BYTES = "Content-Type: application/octet-stream";
  private static final int LARGE = 200_000;
  private static final int LIMIT = 400_000;

  private final ByteBudget budget = new ByteBudget(LIMIT, 2);
  private final ByteAccount main = budget.open("pools.default.maxQueueBytes");
  private final ByteAccount other = budget.open("pools.other.maxQueueBytes");
  private final Map<String, ByteAccount> accounts =
      Map.of("", main, "default", main, "other", other);

  @BeforeEach
  void count() {
    executor.count(
        pool -> {
          ByteAccount account = accounts.get(pool);
          if (account == null) {
            throw new SnakepitException(ErrorCode.POOL_NOT_FOUND, "no pool " + pool);
          }
          return account;
        });
    executor.behave(
        call ->
            call.overBudget().isEmpty()
                ? FakeExecutor.echo(call)
                : Future.failedFuture(
                    new SnakepitException(ErrorCode.POOL_SATURATED, call.overBudget())));
  }

  private static void assertSaturated(Probe.Answer answer) {
    assertThat(answer.status()).isEqualTo(429);
    assertThat(answer.json().getString("code")).isEqualTo("POOL_SATURATED");
    assertThat(answer.json().getString("detail")).contains("maxQueueBytes: " + LIMIT + " bytes");
    assertThat(answer.header("Retry-After")).isEqualTo("1");
  }

  private static String announce(String path, long length) {
    return Probe.head("POST", path, BYTES, "Content-Length: " + length) + "\r\n";
  }

  /** Sends the begin of a body, and returns once that has been counted. */
  private Probe sendPart(String path, int total, int part) throws Exception {
    long before = budget.counted();
    Probe sender = connect();
    sender.send(announce(path, total));
    sender.send(new byte[part]);
    Awaitility.await().until(() -> budget.counted() == before + part);
    return sender;
  }

  @Test
  void aLargeBodyIsHandedOverWithWhatItHasTaken() throws Exception {
    assertThat(probe.post(ECHO, new byte[LARGE], BYTES).status()).isEqualTo(200);
    Call call = executor.next();
    assertThat(requireNonNull(call.waiting()).length()).isEqualTo(LARGE);
    assertThat(main.used()).isEqualTo(LARGE);
    call.waiting().close();
    assertThat(budget.counted()).isZero();
  }

  @Test
  void aSmallBodyCountsNothing() throws Exception {
    assertThat(probe.post(ECHO, new byte[64 * 1024], BYTES).status()).isEqualTo(200);
    assertThat(executor.next().waiting()).isNull();
    assertThat(budget.counted()).isZero();
  }

  @Test
  void countsWhatHasArrivedAndNotWhatIsAnnounced() throws Exception {
    try (Probe sender = sendPart(ECHO, 390_000, 100_000)) {
      assertThat(main.used()).isEqualTo(100_000);
      sender.send(new byte[290_000]);
      assertThat(sender.answer().status()).isEqualTo(200);
    }
  }

  @Test
  void refusesABodyThatThereIsNoRoomForBeforeItIsRead() throws Exception {
    ByteLease waiting = requireNonNull(main.take(LARGE));
    probe.send(announce(ECHO, 300_000));
    assertSaturated(probe.answer());

    waiting.release();
    try (Probe later = connect()) {
      assertThat(later.post(ECHO, new byte[300_000], BYTES).status()).isEqualTo(200);
    }
  }

  @Test
  void refusesAChunkedBodyOnceThereIsNoRoomForMore() throws Exception {
    ByteLease waiting = requireNonNull(main.take(LARGE));
    probe.send(Probe.head("POST", ECHO, BYTES, "Transfer-Encoding: chunked") + "\r\n");
    for (int i = 0; i < 5; i++) {
      probe.send("8000\r\n" + "x".repeat(0x8000) + "\r\n");
    }
    assertSaturated(probe.answer());
    assertThat(budget.counted()).isEqualTo(LARGE);
    waiting.release();
  }

  @Test
  void oneBodyPassesHoweverLargeWhenNothingElseIsCounted() throws Exception {
    assertThat(probe.post(ECHO, new byte[MAX_BODY], BYTES).status()).isEqualTo(200);
    assertThat(budget.counted()).isEqualTo(MAX_BODY);
  }

  @Test
  void ofManyThatComeAtOnceOneGetsThrough() throws Exception {
    try (Probe first = connect();
        Probe second = connect()) {
      for (Probe each : new Probe[] {first, second}) {
        each.send(Probe.head("POST", ECHO, BYTES, "Transfer-Encoding: chunked") + "\r\n");
      }
      first.send(chunk(150_000));
      Awaitility.await().until(() -> budget.counted() == 150_000);
      second.send(chunk(140_000));
      Awaitility.await().until(() -> budget.counted() == 290_000);
      first.send(chunk(140_000));
      assertSaturated(first.answer());
      second.send(chunk(140_000) + "0\r\n\r\n");
      assertThat(second.answer().status()).isEqualTo(200);
    }
  }

  private static String chunk(int bytes) {
    return Integer.toHexString(bytes) + "\r\n" + "x".repeat(bytes) + "\r\n";
  }

  @Test
  void aClientThatGoesWithinItsBodyGivesBackWhatItHadSent() throws Exception {
    Probe sender = sendPart(ECHO, LARGE, 100_000);
    sender.close();
    Awaitility.await().until(() -> budget.counted() == 0);
  }

  /** Fails where a body is given back with its client, though a worker may still need it. */
  @Test
  void aBodyThatIsHandedOverStaysCountedThoughItsClientGoes() throws Exception {
    executor.behave(call -> Promise.<Result>promise().future());
    probe.send(announce(ECHO, LARGE));
    probe.send(new byte[LARGE]);
    Call call = executor.next();
    probe.close();
    assertThat(executor.nextCancelled()).isEqualTo(call.id());
    assertThat(main.used()).isEqualTo(LARGE);

    requireNonNull(call.waiting()).close();
    assertThat(budget.counted()).isZero();
  }

  /** Fails where only the end of its connection gives a faulty body back: here that goes on. */
  @Test
  void aBodyThatIsFaultyWithinGivesBackWhatHadArrived() throws Exception {
    String begin = "{\"tool\":\"t\",\"args\":{\"a\":\"" + "x".repeat(100_000);
    for (int left : new int[] {10, 500_000}) {
      try (Probe sender = connect()) {
        int whole = begin.length() + "\"x".length() + left;
        sender.send(Probe.head("POST", "/v1/execute", JSON, "Content-Length: " + whole) + "\r\n");
        sender.send(begin);
        Awaitility.await().until(() -> budget.counted() == begin.length());
        sender.send("\"x");
        Awaitility.await().until(() -> budget.counted() == 0);
        // Of a large rest the host drops no more than comes within a second.
        sender.trySend(new byte[left]);
        assertThat(sender.answer().status()).isEqualTo(400);
      }
    }
  }

  @Test
  void aRefusedBodyGivesBackWhatHadArrived() throws Exception {
    for (String fault : new String[] {"Snakepit-Timeout-Ms: none", "Snakepit-Session: a b"}) {
      try (Probe sender = connect()) {
        assertThat(sender.post(ECHO, new byte[LARGE], BYTES, fault).status()).isEqualTo(400);
      }
      assertThat(budget.counted()).isZero();
    }
    assertThat(probe.post("/v1/execute", "{" + " ".repeat(LARGE), JSON).status()).isEqualTo(400);
    assertThat(budget.counted()).isZero();
  }

  @Test
  void anEnvelopeCountsForThePoolThatItNames() throws Exception {
    String pad = "x".repeat(LARGE);
    for (String body :
        new String[] {
          "{\"pool\":\"other\",\"tool\":\"t\",\"args\":{\"a\":\"" + pad + "\"}}",
          "{\"tool\":\"t\",\"args\":{\"a\":\"" + pad + "\"},\"pool\":\"other\"}"
        }) {
      assertThat(probe.post("/v1/execute", body, JSON).status()).isEqualTo(200);
      assertThat(other.used()).isEqualTo(body.length());
      assertThat(main.used()).isZero();
      requireNonNull(executor.next().waiting()).close();
      assertThat(budget.counted()).isZero();
    }
  }

  /** Fails where a body that is still coming counts for the default pool to its end. */
  @Test
  void anEnvelopeCountsForItsPoolAsSoonAsItNamesIt() throws Exception {
    String begin = "{\"tool\":\"t\",\"args\":{\"a\":\"" + "x".repeat(100_000);
    String named = "\"},\"pool\":\"other\"";
    int whole = begin.length() + named.length() + 1;
    probe.send(Probe.head("POST", "/v1/execute", JSON, "Content-Length: " + whole) + "\r\n");
    probe.send(begin);
    Awaitility.await().until(() -> main.used() == begin.length());
    probe.send(named);
    Awaitility.await().until(() -> other.used() == whole - 1);
    assertThat(main.used()).isZero();
    probe.send("}");
    assertThat(probe.answer().status()).isEqualTo(200);
  }

  @Test
  void anEnvelopeForAPoolWithoutRoomIsRefusedThoughAnotherHasSome() throws Exception {
    ByteLease waiting = requireNonNull(other.take(290_000));
    String pad = "x".repeat(90_000);
    String late = "{\"tool\":\"t\",\"args\":{\"a\":\"" + pad + "\"},\"pool\":\"other\"}";
    assertSaturated(probe.post("/v1/execute", late, JSON));
    assertThat(executor.next().pool()).isEqualTo("other");
    assertThat(main.used()).isZero();
    waiting.release();
  }

  @Test
  void anEnvelopeForAnUnknownPoolIsRefusedAsSoonAsItSaysSo() throws Exception {
    probe.send(Probe.head("POST", "/v1/execute", JSON, "Content-Length: 900000") + "\r\n");
    probe.send("{\"pool\":\"nowhere\",\"tool\":\"t\",\"args\":{\"a\":\"" + "x".repeat(100_000));
    assertThat(probe.answer().status()).isEqualTo(404);
    assertThat(budget.counted()).isZero();
  }

  /** Fails where a body is refused for the sake of the default pool, which it does not go to. */
  @Test
  void anEnvelopeForAPoolWithRoomPassesThoughTheDefaultPoolHasNone() throws Exception {
    ByteLease waiting = requireNonNull(main.take(300_000));
    String args = "\"tool\":\"t\",\"args\":{\"a\":\"" + "x".repeat(90_000) + "\"}";
    Probe.Answer answer = probe.post("/v1/execute", "{\"pool\":\"other\"," + args + "}", JSON);
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    assertThat(other.used()).isGreaterThan(90_000);
    try (Probe next = connect()) {
      assertSaturated(next.post("/v1/execute", "{" + args + "}", JSON));
    }
    waiting.release();
  }

  /** Fails where an envelope that there is no room for is read to its end. */
  @Test
  void anEnvelopeIsRefusedAsSoonAsItsPoolIsKnownToHaveNoRoom() throws Exception {
    ByteLease waiting = requireNonNull(other.take(LARGE));
    probe.send(Probe.head("POST", "/v1/execute", JSON, "Content-Length: 300000") + "\r\n");
    probe.send("{\"pool\":\"other\",\"tool\":\"t\",\"args\":{\"a\":\"" + "x".repeat(70_000));
    assertSaturated(probe.answer());
    assertThat(budget.counted()).isEqualTo(LARGE);
    waiting.release();
  }
}
