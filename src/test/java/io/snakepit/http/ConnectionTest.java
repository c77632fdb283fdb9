package io.snakepit.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.snakepit.api.Call;
import io.snakepit.api.Result;
import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionTest extends DoorTestBase {
  private static final String TWO = "Content-Length: 2\r\n\r\n{}";

  /** Calls that stay open until the test ends them. */
  private final BlockingQueue<Promise<Result>> open = new LinkedBlockingQueue<>();

  private void holdCalls() {
    executor.behave(
        call -> {
          Promise<Result> promise = Promise.promise();
          open.add(promise);
          return promise.future();
        });
  }

  private void finish(Call call) throws InterruptedException {
    Promise<Result> promise = open.poll(20, TimeUnit.SECONDS);
    door.serverContext().runOnContext(here -> promise.complete(FakeExecutor.echo(call).result()));
  }

  @Test
  void staysOpenAfterErrors() throws Exception {
    assertThat(probe.post("/nowhere", "{}", JSON).status()).isEqualTo(404);
    assertThat(probe.post("/v1/execute", "{", JSON).status()).isEqualTo(400);
    assertThat(probe.post(ECHO, "{}", JSON, "Snakepit-Timeout-Ms: 0").status()).isEqualTo(400);
    assertThat(probe.post("/v1/pools", "x".repeat(50_000), JSON).status()).isEqualTo(405);
    assertThat(probe.ask("GET", "/nowhere").status()).isEqualTo(404);
    assertThat(probe.post(ECHO, "{}", JSON).status()).isEqualTo(200);
  }

  @Test
  void answersPipelinedRequestsInTheirOrder() throws Exception {
    StringBuilder requests = new StringBuilder();
    for (int i = 0; i < 50; i++) {
      requests.append(Probe.head("POST", ECHO, JSON, "Snakepit-Call-Id: c-" + i)).append(TWO);
      requests.append(Probe.head("GET", "/health/live")).append("\r\n");
    }
    probe.send(requests.toString());
    for (int i = 0; i < 50; i++) {
      assertThat(probe.answer().header("Snakepit-Call-Id")).isEqualTo("c-" + i);
      assertThat(probe.answer().json().getString("status")).isEqualTo("UP");
    }
  }

  @Test
  void closesWhenTheClientWantsIt() throws Exception {
    Probe.Answer answer = probe.post(ECHO, "{}", JSON, "Connection: close");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Connection")).isEqualTo("close");
    assertThat(probe.isClosedByHost()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonsense\r\n\r\n",
        "GET /health/live HTTP/1.1\r\nBad Header: x\r\n\r\n",
        "GET /health/live HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        "SSH-2.0-OpenSSH_9.2\r\n\r\n",
      })
  void answersWhatIsNoHttpWithProblemAndCloses(String bytes) throws Exception {
    probe.send(bytes);
    Probe.Answer answer = probe.answer();
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().getString("code")).isEqualTo("INVALID_REQUEST");
    assertThat(answer.json().getString("detail")).contains("not valid HTTP/1.1");
    assertThat(answer.header("Connection")).isEqualTo("close");
    assertThat(probe.isClosedByHost()).isTrue();
    try (Probe other = connect()) {
      assertThat(other.ask("GET", "/health/live").status()).isEqualTo(200);
    }
  }

  @Test
  void namesTheLimitOfFirstLineAndHeaders() throws Exception {
    probe.send("GET /" + "x".repeat(9000) + " HTTP/1.1\r\n\r\n");
    assertThat(probe.answer().json().getString("detail")).contains("first line is over 8192");
    try (Probe other = connect()) {
      other.send(Probe.head("GET", "/health/live", "X: " + "y".repeat(20_000)) + "\r\n");
      assertThat(other.answer().json().getString("detail")).contains("headers are over 16384");
    }
  }

  @Test
  void cutsConnectionWhoseChunksAreNonsense() throws Exception {
    probe.send(Probe.head("POST", ECHO, JSON, "Transfer-Encoding: chunked") + "\r\nzz\r\n");
    assertThat(probe.answer().status()).isEqualTo(400);
    assertThat(probe.isClosedByHost()).isTrue();
    assertThat(executor.waiting()).isZero();
  }

  @Test
  void dropsTheAnswerOfClientThatHasGone() throws Exception {
    holdCalls();
    probe.send(Probe.head("POST", ECHO, JSON) + TWO);
    Call call = executor.next();
    probe.reset();
    finish(call);

    executor.behave(FakeExecutor::echo);
    try (Probe other = connect()) {
      assertThat(other.post(ECHO, "{}", JSON).status()).isEqualTo(200);
    }
  }

  @Test
  void dropsTheErrorOfClientThatHasGone() throws Exception {
    holdCalls();
    probe.send(Probe.head("POST", ECHO, JSON) + TWO);
    executor.next();
    probe.reset();
    Promise<Result> promise = open.poll(20, TimeUnit.SECONDS);
    try (Probe other = connect()) {
      // Once this is answered the host has seen the reset as well.
      other.ask("GET", "/health/live");
      door.serverContext().runOnContext(here -> promise.fail("late"));
      assertThat(other.ask("GET", "/health/live").status()).isEqualTo(200);
    }
  }

  @Test
  void forgetsClientThatLeavesWithinItsBody() throws Exception {
    probe.send(Probe.head("POST", ECHO, JSON, "Content-Length: 100") + "\r\n{");
    probe.reset();
    try (Probe other = connect()) {
      assertThat(other.post(ECHO, "{}", JSON).status()).isEqualTo(200);
    }
    assertThat(executor.next().body()).hasToString("{}");
  }

  @Test
  void letsAnswersUnderWayFinishWhenItStops() throws Exception {
    holdCalls();
    probe.send(Probe.head("POST", ECHO, JSON) + TWO);
    Call call = executor.next();
    int port = door.actualPort();
    Promise<Object> stopped = Promise.promise();
    door.serverContext().runOnContext(here -> door.stop().onComplete(end -> stopped.complete()));
    finish(call);

    Probe.Answer answer = probe.answer();
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Connection")).isEqualTo("close");
    assertThat(probe.isClosedByHost()).isTrue();
    await(stopped.future());
    // The kernel takes the listening socket away a moment after the server has let go of it.
    Awaitility.await().untilAsserted(() -> assertThat(accepts(port)).isFalse());
  }

  private static boolean accepts(int port) {
    try {
      new Probe(port).close();
      return true;
    } catch (IOException refused) {
      return false;
    }
  }

  @Test
  void closesIdleConnectionsWhenItStops() throws Exception {
    assertThat(probe.ask("GET", "/health/live").status()).isEqualTo(200);
    await(vertx.undeploy(deployment));
    assertThat(probe.isClosedByHost()).isTrue();
  }

  @Test
  void failsToStartOnTakenPortAndNamesPortAndSetting() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      HttpVerticle second = newDoor(taken.getLocalPort(), null);
      assertThatThrownBy(() -> await(vertx.deployVerticle(second)))
          .hasMessageContaining("http.port")
          .hasMessageContaining(String.valueOf(taken.getLocalPort()));
      assertThat(second.actualPort()).isEqualTo(0);
    }
  }

  private static final class Neighbour extends VerticleBase {
    Context home() {
      return context;
    }
  }

  @Test
  void servesOnTheEventLoopOfItsNeighbourAndOutlivesIt() throws Exception {
    Neighbour neighbour = new Neighbour();
    String id = await(vertx.deployVerticle(neighbour));
    Context context = neighbour.home();
    HttpVerticle beside = newDoor(0, context);
    await(vertx.deployVerticle(beside));
    BlockingQueue<Thread> threads = new LinkedBlockingQueue<>();
    context.runOnContext(here -> threads.add(Thread.currentThread()));
    executor.behave(
        call -> {
          threads.add(Thread.currentThread());
          return FakeExecutor.echo(call);
        });
    try (Probe other = new Probe(beside.actualPort())) {
      assertThat(other.post(ECHO, "{}", JSON).status()).isEqualTo(200);
      assertThat(threads.take()).isSameAs(threads.take());
      await(vertx.undeploy(id));
      assertThat(other.post(ECHO, "{}", JSON).status()).isEqualTo(200);
    }
  }
}
