package io.snakepit.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.ErrorCode;
import io.snakepit.api.PythonError;
import io.snakepit.api.SnakepitException;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ProblemTest extends DoorTestBase {

  @ParameterizedTest
  @EnumSource(ErrorCode.class)
  void answersEachCodeWithItsStatusTypeAndTitle(ErrorCode code) throws Exception {
    executor.fail(code, "why it failed");
    Probe.Answer answer = probe.post(ECHO, "{}", JSON);

    assertThat(answer.status()).isEqualTo(code.status());
    assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
    assertThat(answer.header("Retry-After")).isEqualTo(code.retryAfter() ? "1" : null);
    JsonObject problem = answer.json();
    String dashed = code.name().toLowerCase(Locale.ROOT).replace('_', '-');
    assertThat(problem.getString("type")).isEqualTo("urn:snakepit:error:" + dashed);
    assertThat(problem.getString("title")).isEqualTo(code.title());
    assertThat(problem.getInteger("status")).isEqualTo(code.status());
    assertThat(problem.getString("code")).isEqualTo(code.name());
    assertThat(problem.getString("detail")).isEqualTo("why it failed");
    assertThat(Instant.parse(problem.getString("at"))).isBeforeOrEqualTo(Instant.now());
    assertThat(problem.fieldNames())
        .containsExactly("type", "title", "status", "code", "detail", "at", "call");
  }

  @Test
  void tellsAllThatIsKnownOfFailedCall() throws Exception {
    executor.behave(
        call ->
            Future.failedFuture(
                new SnakepitException(ErrorCode.PYTHON_EXCEPTION, "ValueError: ☃")
                    .withPython(new PythonError("ValueError", "☃", "Traceback…"))
                    .withDetails(new JsonObject().put("argument", "a"))
                    .forCall("c-9", "main", "s-1")
                    .onWorker("main-3")));
    Probe.Answer answer = probe.post(ECHO, "{}", JSON);

    JsonObject problem = answer.json();
    assertThat(problem.fieldNames())
        .containsExactlyInAnyOrder(
            "type", "title", "status", "code", "detail", "at", "call", "pool", "worker", "session",
            "details", "python");
    assertThat(problem.getString("call")).isEqualTo("c-9");
    assertThat(problem.getJsonObject("python"))
        .isEqualTo(
            new JsonObject()
                .put("type", "ValueError")
                .put("message", "☃")
                .put("traceback", "Traceback…"));
    assertThat(answer.header("Snakepit-Call-Id")).isEqualTo("c-9");
    assertThat(answer.header("Snakepit-Worker")).isEqualTo("main-3");
    assertThat(Double.parseDouble(answer.header("Snakepit-Duration-Ms"))).isNotNegative();
  }

  @Test
  void namesTheCallAsItsClientDoes() throws Exception {
    executor.fail(ErrorCode.QUEUE_TIMEOUT, "late");
    Probe.Answer answer = probe.post(ECHO, "{}", JSON, "Snakepit-Call-Id: mine");
    assertThat(answer.json().getString("call")).isEqualTo("mine");
    assertThat(answer.header("Snakepit-Call-Id")).isEqualTo("mine");
  }

  @Test
  void namesFailedCallAsTheExecutorKnowsIt() throws Exception {
    executor.fail(ErrorCode.QUEUE_TIMEOUT, "late");
    Probe.Answer answer = probe.post(ECHO, "{}", JSON);
    assertThat(answer.json().getString("call")).isEqualTo(executor.next().id());
  }

  @ParameterizedTest
  @CsvSource({
    "POOL_SATURATED, 0, 1",
    "POOL_SATURATED, 1, 1",
    "POOL_SATURATED, 1000, 1",
    "WORKER_BUSY, 1001, 2",
    "QUEUE_TIMEOUT, 29999, 30",
    "POOL_UNAVAILABLE, 30000, 30",
    "SHUTTING_DOWN, -5, 1",
    "SESSION_LIMIT, 9223372036854775807, 9223372036854776",
    "EXECUTE_TIMEOUT, 5000,",
  })
  void tellsInWholeSecondsWhenToTryAgain(ErrorCode code, long milliseconds, String seconds)
      throws Exception {
    executor.behave(
        call ->
            Future.failedFuture(
                new SnakepitException(code, "later").withRetryAfterMs(milliseconds)));
    assertThat(probe.post(ECHO, "{}", JSON).header("Retry-After")).isEqualTo(seconds);
  }

  @Test
  void makesAnIdWhereTheClientHasNone() throws Exception {
    Probe.Answer first = probe.ask("GET", "/nowhere");
    Probe.Answer second = probe.ask("GET", "/nowhere");
    assertThat(first.header("Snakepit-Call-Id")).isEqualTo(first.json().getString("call"));
    assertThat(first.header("Snakepit-Call-Id")).isNotEqualTo(second.header("Snakepit-Call-Id"));
  }

  @Test
  void hidesFaultsOfTheHost() throws Exception {
    executor.behave(call -> Future.failedFuture(new IllegalStateException("secret")));
    Probe.Answer failed = probe.post(ECHO, "{}", JSON);
    assertThat(failed.status()).isEqualTo(500);
    assertThat(failed.json().getString("code")).isEqualTo("INTERNAL");
    assertThat(failed.text()).doesNotContain("secret");

    executor.behave(
        call -> {
          throw new IllegalStateException("secret");
        });
    assertThat(probe.post(ECHO, "{}", JSON).status()).isEqualTo(500);
  }

  @Test
  void closesAfterItHasSaidThatTheHostShutsDown() throws Exception {
    executor.fail(ErrorCode.SHUTTING_DOWN, "stopping");
    Probe.Answer answer = probe.post(ECHO, "{}", JSON);
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.header("Connection")).isEqualTo("close");
    assertThat(probe.isClosedByHost()).isTrue();
  }
}
