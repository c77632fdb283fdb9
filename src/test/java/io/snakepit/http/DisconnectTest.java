package io.snakepit.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.Result;
import io.snakepit.api.SnakepitException;
import io.snakepit.testing.RecordedLog;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Cancellation of calls whose client has gone. */
class DisconnectTest extends DoorTestBase {
  private static final String TWO = "Content-Length: 2\r\n\r\n{}";

  /** A call that stays open until the test ends it. */
  private record Held(Call call, Promise<Result> promise) {
    String id() {
      return call.id();
    }
  }

  @RegisterExtension private final RecordedLog log = new RecordedLog();

  private final BlockingQueue<Held> held = new LinkedBlockingQueue<>();

  @BeforeEach
  void holdCalls() {
    executor.behave(
        call -> {
          Promise<Result> promise = Promise.promise();
          held.add(new Held(call, promise));
          return promise.future();
        });
  }

  /** Returns the next call that is held. */
  private Held next() throws InterruptedException {
    Held next = held.poll(20, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("no call came");
    }
    return next;
  }

  private static void begin(Probe client, String... headers) throws IOException {
    client.send(Probe.head("POST", ECHO, headers) + TWO);
  }

  private static String named(String id) {
    return "Snakepit-Call-Id: " + id;
  }

  private void finish(Held call) {
    Result result = FakeExecutor.echo(call.call()).result();
    door.serverContext().runOnContext(here -> call.promise().complete(result));
  }

  /** Once this is over, the host has seen all that had happened on other connections before. */
  private void awaitTheHost() throws IOException {
    for (int i = 0; i < 2; i++) {
      try (Probe other = connect()) {
        assertThat(other.ask("GET", "/health/live").status()).isEqualTo(200);
      }
    }
  }

  private void assertNoMoreIsCancelled() throws IOException {
    awaitTheHost();
    assertThat(executor.cancelled()).isZero();
  }

  @Test
  void cancelsTheCallOfClientThatHasGone() throws Exception {
    begin(probe);
    Held call = next();
    assertThat(call.id()).isNotEmpty();
    probe.close();

    assertThat(executor.nextCancelled()).isEqualTo(call.id());
    assertNoMoreIsCancelled();
  }

  @Test
  void cancelsByTheIdThatTheClientGaveIfItIsReset() throws Exception {
    begin(probe, named("mine-7"));
    next();
    probe.reset();

    assertThat(executor.nextCancelled()).isEqualTo("mine-7");
    assertNoMoreIsCancelled();
  }

  @Test
  void cancelsWhatCameInAnEnvelope() throws Exception {
    String envelope = "{\"tool\":\"t\"}";
    probe.send(Probe.head("POST", "/v1/execute", JSON, "Content-Length: " + envelope.length()));
    probe.send("\r\n" + envelope);
    Held call = next();
    probe.reset();
    assertThat(executor.nextCancelled()).isEqualTo(call.id());
  }

  @Test
  void cancelsNothingAfterTheAnswer() throws Exception {
    begin(probe);
    finish(next());
    assertThat(probe.answer().status()).isEqualTo(200);
    probe.close();
    assertNoMoreIsCancelled();
  }

  @Test
  void cancelsNothingAfterAnError() throws Exception {
    executor.fail(ErrorCode.POOL_SATURATED, "full");
    begin(probe);
    assertThat(probe.answer().status()).isEqualTo(429);
    probe.reset();
    assertNoMoreIsCancelled();
  }

  @Test
  void cancelsNothingAfterCallThatCouldNotBegin() throws Exception {
    executor.behave(
        call -> {
          throw new IllegalStateException("no executor throws");
        });
    begin(probe, named("c-1"));
    assertThat(probe.answer().status()).isEqualTo(500);
    probe.reset();
    assertNoMoreIsCancelled();
  }

  @Test
  void cancelsNoEarlierCallOfTheSameConnection() throws Exception {
    begin(probe, named("first"));
    finish(next());
    assertThat(probe.answer().status()).isEqualTo(200);
    begin(probe, named("second"));
    next();
    probe.reset();

    assertThat(executor.nextCancelled()).isEqualTo("second");
    assertNoMoreIsCancelled();
  }

  @Test
  void cancelsNoCallOfAnotherConnection() throws Exception {
    begin(probe, named("mine"));
    next();
    try (Probe other = connect()) {
      begin(other, named("other"));
      Held others = next();
      probe.reset();
      assertThat(executor.nextCancelled()).isEqualTo("mine");
      finish(others);
      assertThat(other.answer().status()).isEqualTo(200);
    }
    assertNoMoreIsCancelled();
  }

  @Test
  void cancelsOnceAlthoughTheCallThenFails() throws Exception {
    begin(probe);
    Held call = next();
    probe.reset();
    executor.nextCancelled();
    SnakepitException cancelled = new SnakepitException(ErrorCode.CANCELLED, "cancelled");
    door.serverContext().runOnContext(here -> call.promise().fail(cancelled));
    assertNoMoreIsCancelled();
  }

  @Test
  void leavesTheCallOfAnotherClientThatChoseTheSameId() throws Exception {
    begin(probe, named("same"));
    next();
    try (Probe other = connect()) {
      begin(other, named("same"));
      Held others = next();
      probe.reset();
      assertNoMoreIsCancelled();
      finish(others);
      assertThat(other.answer().status()).isEqualTo(200);
    }
    assertNoMoreIsCancelled();
  }

  @Test
  void cancelsWhenTheLastOfThoseWithTheSameIdHasGone() throws Exception {
    begin(probe, named("same"));
    next();
    try (Probe other = connect()) {
      begin(other, named("same"));
      next();
      probe.reset();
      assertNoMoreIsCancelled();
      other.reset();
      assertThat(executor.nextCancelled()).isEqualTo("same");
    }
    assertNoMoreIsCancelled();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void cancelsTheFirstOfPipelinedCallsAndNeverBeginsTheNext() throws Exception {
    Vertx epoll = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
    try {
      // Without, a connection is not read from, and its end not seen, while a request waits.
      assertThat(epoll.isNativeTransportEnabled()).isTrue();
      HttpVerticle other = newDoor(0, null);
      await(epoll.deployVerticle(other));
      try (Probe client = new Probe(other.actualPort())) {
        begin(client, named("first"));
        begin(client, named("second"));
        next();
      }
      assertThat(executor.nextCancelled()).isEqualTo("first");
      try (Probe later = new Probe(other.actualPort())) {
        assertThat(later.ask("GET", "/health/live").status()).isEqualTo(200);
      }
      assertThat(held).isEmpty();
      assertThat(executor.cancelled()).isZero();
    } finally {
      await(epoll.close());
    }
  }

  /** Fails where Vert.x hears of the reset: it stumbles over what has not begun, and logs that. */
  @Test
  void resetAmidARequestBehindACallIsNoFault() throws Exception {
    Held first;
    try (Probe client = connect()) {
      begin(client);
      first = next();
      client.send(Probe.head("POST", ECHO) + "Content-Length: 200000\r\n\r\n{");
      awaitTheHost();
      client.reset();
    }
    assertThat(executor.nextCancelled()).isEqualTo(first.id());
    awaitTheHost();
    log.assertQuiet();
  }
}
