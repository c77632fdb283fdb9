package io.snakepit.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.testing.RunningSnakepit;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

/** An error says all there is to say, and loses nothing on its way (E7). */
class SnakepitExceptionTest {
  private static final PythonError PYTHON =
      new PythonError("ValueError", "no ümlaut", "Traceback (most recent call last):\n  …");

  private final SnakepitException whole =
      new SnakepitException(ErrorCode.PYTHON_EXCEPTION, "ValueError: no ümlaut")
          .withPython(PYTHON)
          .withDetails(new JsonObject().put("argument", "a"))
          .onWorker("main-3")
          .forCall("call-1", "main", "user-7");

  @Test
  void isAFailureOfTheBusWithTheStatusAsItsCode() {
    ReplyException failure = whole;
    assertThat(failure.failureCode()).isEqualTo(500);
    assertThat(failure.failureType()).isEqualTo(ReplyFailure.RECIPIENT_FAILURE);
    assertThat(failure.getStackTrace()).isEmpty();
  }

  @Test
  void tellsItsParts() {
    assertThat(whole.code()).isEqualTo(ErrorCode.PYTHON_EXCEPTION);
    assertThat(whole.detail()).isEqualTo("ValueError: no ümlaut");
    assertThat(whole.call()).isEqualTo("call-1");
    assertThat(whole.pool()).isEqualTo("main");
    assertThat(whole.session()).isEqualTo("user-7");
    assertThat(whole.worker()).isEqualTo("main-3");
    assertThat(whole.python()).isEqualTo(PYTHON);
    assertThat(whole.details()).isEqualTo(new JsonObject().put("argument", "a"));
    assertThat(whole.at()).isBetween(Instant.now().minusSeconds(3600), Instant.now());
  }

  @Test
  void writesItsPartsAsAProblemsMembers() {
    assertThat(whole.toJson())
        .isEqualTo(
            new JsonObject()
                .put("title", "Python exception")
                .put("code", "PYTHON_EXCEPTION")
                .put("detail", "ValueError: no ümlaut")
                .put("at", whole.at().toString())
                .put("call", "call-1")
                .put("pool", "main")
                .put("worker", "main-3")
                .put("session", "user-7")
                .put("details", new JsonObject().put("argument", "a"))
                .put(
                    "python",
                    new JsonObject()
                        .put("type", "ValueError")
                        .put("message", "no ümlaut")
                        .put("traceback", PYTHON.traceback())));
  }

  @Test
  void leavesOutWhatDoesNotApply() {
    SnakepitException bare = new SnakepitException(ErrorCode.POOL_SATURATED, "full");
    assertThat(bare.toJson().fieldNames())
        .containsExactlyInAnyOrder("title", "code", "detail", "at");
    assertThat(bare.python()).isNull();
    assertThat(bare.details()).isNull();
    assertThat(SnakepitException.fromJson(bare.toJson()).toJson()).isEqualTo(bare.toJson());
  }

  @Test
  void isReadBackWhole() {
    JsonObject wire = new JsonObject(whole.toJson().encode());
    SnakepitException read = SnakepitException.fromJson(wire);
    assertThat(read.toJson()).isEqualTo(whole.toJson());
    assertThat(read.failureCode()).isEqualTo(500);
    assertThat(read.at()).isEqualTo(whole.at());
    assertThat(read.python()).isEqualTo(PYTHON);
  }

  @Test
  void readsNewsFromAnotherVersionAsWellAsItCan() {
    SnakepitException unknown =
        SnakepitException.fromJson(
            new JsonObject().put("code", "INVENTED_LATER").put("detail", "x").put("at", "noon"));
    assertThat(unknown.code()).isEqualTo(ErrorCode.INTERNAL);
    assertThat(unknown.detail()).isEqualTo("x");
    assertThat(unknown.at()).isBefore(Instant.now().plusSeconds(1));
    SnakepitException empty = SnakepitException.fromJson(new JsonObject());
    assertThat(empty.code()).isEqualTo(ErrorCode.INTERNAL);
    assertThat(empty.detail()).isEmpty();
    assertThat(PythonError.fromJson(new JsonObject())).isEqualTo(new PythonError("", "", ""));
  }

  @Test
  void withoutAMessageItsTitleIsTheDetail() {
    assertThat(new SnakepitException(ErrorCode.CANCELLED, null).detail()).isEqualTo("Cancelled");
  }

  @Test
  void doesNotChangeOnceItIsMade() {
    JsonObject details = new JsonObject().put("k", 1);
    SnakepitException error = new SnakepitException(ErrorCode.INTERNAL, "x").withDetails(details);
    details.put("k", 2);
    error.details().put("k", 3);
    error.toJson().getJsonObject("details").put("k", 4);
    assertThat(error.details().getInteger("k")).isEqualTo(1);

    error.forCall("c", "p", "s").onWorker("w").withPython(PYTHON).withDetails(null);
    assertThat(error.call()).isNull();
    assertThat(error.worker()).isNull();
    assertThat(error.python()).isNull();
  }

  @Test
  void copiesKeepTheTimeOfTheFault() {
    SnakepitException error = new SnakepitException(ErrorCode.INTERNAL, "x");
    assertThat(error.onWorker("w").forCall("c", "p", null).at()).isEqualTo(error.at());
  }

  @Test
  void survivesJavaSerializationWhole() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(whole);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      SnakepitException read = (SnakepitException) in.readObject();
      assertThat(read.toJson()).isEqualTo(whole.toJson());
    }
  }

  @Test
  void aProblemIsWhatHttpAnswers() {
    assertThat(whole.toProblem())
        .isEqualTo(
            whole.toJson().put("type", "urn:snakepit:error:python-exception").put("status", 500));
  }

  @Test
  void whatAnotherMemberHasAnsweredIsReadBackWhole() {
    ReplyException far =
        new ReplyException(ReplyFailure.RECIPIENT_FAILURE, 500, whole.toProblem().encode());
    assertThat(SnakepitException.from(far).toJson()).isEqualTo(whole.toJson());
    assertThat(SnakepitException.from(new CompletionException(far)).toJson())
        .isEqualTo(whole.toJson());
    assertThat(SnakepitException.from(new ExecutionException(whole))).isSameAs(whole);
    assertThat(SnakepitException.from(whole)).isSameAs(whole);
  }

  @Test
  void failuresThatAreNotOursAreInternal() {
    for (String text :
        List.of(
            "nope",
            "{",
            "{\"code\":5}",
            "{\"a\":1}",
            "[]",
            "{\"code\":\"INTERNAL\",\"python\":\"text\"}",
            "{\"code\":\"INTERNAL\",\"retryAfterMs\":\"soon\"}")) {
      ReplyException foreign = new ReplyException(ReplyFailure.RECIPIENT_FAILURE, 7, text);
      SnakepitException error = SnakepitException.from(foreign);
      assertThat(error.code()).isEqualTo(ErrorCode.INTERNAL);
      assertThat(error.detail()).isEqualTo(text);
    }
    assertThat(SnakepitException.from(new IllegalStateException("x")).code())
        .isEqualTo(ErrorCode.INTERNAL);
  }

  /** Fails if Vert.x words it otherwise one day. */
  @Test
  void anAddressWithoutAListenerIsAPoolThatIsNotThereOrNoHostAtAll() {
    Vertx vertx = Vertx.vertx();
    try {
      SnakepitException pool = unheard(vertx, "snakepit.pool.nosuch.drain");
      assertThat(pool.code()).isEqualTo(ErrorCode.POOL_NOT_FOUND);
      assertThat(pool.detail()).contains("\"nosuch\"");
      SnakepitException host = unheard(vertx, "snakepit.execute");
      assertThat(host.code()).isEqualTo(ErrorCode.POOL_UNAVAILABLE);
      assertThat(host.detail()).contains("no Snakepit runs");
      assertThat(unheard(vertx, "others").code()).isEqualTo(ErrorCode.INTERNAL);
    } finally {
      RunningSnakepit.await(vertx.close());
    }
  }

  private static SnakepitException unheard(Vertx vertx, String address) {
    try {
      RunningSnakepit.await(vertx.eventBus().request(address, new JsonObject()));
    } catch (RunningSnakepit.FailedException e) {
      return SnakepitException.from(e.getCause());
    }
    throw new AssertionError("somebody listens at " + address);
  }

  @Test
  void anAnswerThatDoesNotComeInTimeIsATimeout() {
    ReplyException late = new ReplyException(ReplyFailure.TIMEOUT, "Timed out");
    assertThat(SnakepitException.from(late).code()).isEqualTo(ErrorCode.EXECUTE_TIMEOUT);
  }

  /**
   * Fails if digits that happen to be zero are left out: HEAD would have another length than GET.
   */
  @Test
  void itsTimeHasAlwaysAsManyDigits() {
    for (String written : List.of("2026-01-02T03:04:05.120Z", "2026-01-02T03:04:05.000Z")) {
      JsonObject json = new SnakepitException(ErrorCode.INTERNAL, "no").toJson().put("at", written);
      assertThat(SnakepitException.fromJson(json).toJson().getString("at")).isEqualTo(written);
    }
  }
}
