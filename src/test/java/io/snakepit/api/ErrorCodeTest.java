package io.snakepit.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ErrorCodeTest {
  /** The list of the contract, in its order: code, status, whether a retry is safe. */
  private static final String[] CONTRACT = {
    "INVALID_REQUEST, 400, no",
    "UNAUTHENTICATED, 401, no",
    "FORBIDDEN, 403, no",
    "POOL_NOT_FOUND, 404, no",
    "TOOL_NOT_FOUND, 404, no",
    "SESSION_NOT_FOUND, 404, no",
    "WORKER_NOT_FOUND, 404, no",
    "KEY_NOT_FOUND, 404, no",
    "NOT_FOUND, 404, no",
    "METHOD_NOT_ALLOWED, 405, no",
    "SESSION_WORKER_UNAVAILABLE, 409, yes",
    "CONFLICT, 412, yes",
    "PAYLOAD_TOO_LARGE, 413, no",
    "UNSUPPORTED_MEDIA_TYPE, 415, no",
    "POOL_SATURATED, 429, yes",
    "WORKER_BUSY, 429, yes",
    "SESSION_LIMIT, 429, yes",
    "CANCELLED, 499, no",
    "PYTHON_EXCEPTION, 500, no",
    "SERIALIZATION_ERROR, 500, no",
    "INTERNAL, 500, no",
    "WORKER_CRASHED, 502, no",
    "QUEUE_TIMEOUT, 503, yes",
    "POOL_UNAVAILABLE, 503, yes",
    "SHUTTING_DOWN, 503, yes",
    "CLUSTER_MINORITY, 503, yes",
    "EXECUTE_TIMEOUT, 504, no",
  };

  @Test
  void theListIsTheContracts() {
    assertThat(ErrorCode.values())
        .extracting(c -> c.name() + ", " + c.status() + ", " + (c.retrySafe() ? "yes" : "no"))
        .containsExactly(CONTRACT);
  }

  @ParameterizedTest
  @CsvSource({
    "POOL_SATURATED",
    "WORKER_BUSY",
    "SESSION_LIMIT",
    "QUEUE_TIMEOUT",
    "POOL_UNAVAILABLE",
    "SHUTTING_DOWN",
    "CLUSTER_MINORITY"
  })
  void theseSayWhenToTryAgain(ErrorCode code) {
    assertThat(code.retryAfter()).isTrue();
  }

  @Test
  void noOtherSaysWhenToTryAgain() {
    assertThat(Arrays.stream(ErrorCode.values()).filter(ErrorCode::retryAfter)).hasSize(7);
  }

  @Test
  void isFoundByItsName() {
    for (ErrorCode code : ErrorCode.values()) {
      assertThat(ErrorCode.named(code.name())).isSameAs(code);
    }
    assertThat(ErrorCode.named("NO_SUCH_CODE")).isNull();
    assertThat(ErrorCode.named("internal")).isNull();
  }

  @Test
  void titlesAreForPeopleAndDiffer() {
    assertThat(ErrorCode.values()).extracting(ErrorCode::title).doesNotHaveDuplicates();
    assertThat(ErrorCode.values()).allSatisfy(c -> assertThat(c.title()).matches("[A-Z][a-z' ]+"));
  }
}
