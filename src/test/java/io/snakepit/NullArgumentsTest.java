package io.snakepit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.snakepit.api.ErrorCode;
import io.snakepit.api.SnakepitException;
import io.snakepit.config.SnakepitOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Null is answered with a sentence that names what is missing, wherever it is given. */
class NullArgumentsTest {
  private static final SnakepitOptions OPTIONS = SnakepitOptions.fromJson(new JsonObject());

  private static Vertx vertx;
  private static Snakepit snakepit;

  @BeforeAll
  static void create() {
    vertx = Vertx.vertx();
    snakepit = Snakepit.create(vertx, OPTIONS);
  }

  @AfterAll
  static void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  private static void assertInvalid(Throwable failure, String message) {
    assertThat(failure).isInstanceOf(SnakepitException.class).hasMessage(message);
    assertThat(((SnakepitException) failure).code()).isEqualTo(ErrorCode.INVALID_REQUEST);
  }

  private static Throwable failureOf(Future<?> future) {
    return future
        .toCompletionStage()
        .handle((result, failure) -> failure)
        .toCompletableFuture()
        .orTimeout(60, TimeUnit.SECONDS)
        .join();
  }

  @Test
  void aCall() {
    assertInvalid(failureOf(snakepit.execute(null)), "call must be given: got null");
    assertInvalid(failureOf(snakepit.stream(null).end()), "call must be given: got null");
    assertInvalid(failureOf(snakepit.cancel(null)), "the id of a call must be given: got null");
  }

  @Test
  void aPool() {
    String message = "pool must be a name, or empty for the default pool: got null";
    assertInvalid(thrownBy(() -> snakepit.pool(null)), message);
    assertInvalid(thrownBy(() -> snakepit.poolContext(null)), message);
    assertInvalid(thrownBy(() -> snakepit.bodies(null)), message);
    assertThat(snakepit.takesUpload(null, "tool")).isFalse();
    assertThat(snakepit.streamHeadAfterMs(null)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void aWorker() {
    Pool pool = new Pool("default", snakepit.host().pools());
    String message = "worker must be the id of a worker: got null";
    assertInvalid(failureOf(pool.recycle(null)), message);
    assertInvalid(failureOf(pool.kill(null)), message);
  }

  @Test
  void aDuration() {
    Pool pool = new Pool("default", snakepit.host().pools());
    assertInvalid(failureOf(pool.resize(1, 2, null)), "idle must be a duration: got null");
  }

  @Test
  void aHostTool() {
    assertIllegal(
        () -> snakepit.tool(null, args -> Future.succeededFuture()),
        "a host tool must have a name and a function: got null for the name");
    assertIllegal(
        () -> snakepit.tool("lookup", null),
        "a host tool must have a name and a function: got null for the function");
  }

  @Test
  void whatAnInstanceIsMadeOf() {
    assertIllegal(() -> Snakepit.create(null, OPTIONS), "vertx must be given: got null");
    assertIllegal(() -> Snakepit.create(vertx, null), "options must be given: got null");
    assertIllegal(() -> snakepit.onOutOfMemory(null), "handler must be given: got null");
    assertIllegal(() -> new SnakepitVerticle(null), "options must be given: got null");
  }

  @Test
  void whatOptionsAreReadFrom() {
    assertIllegal(() -> SnakepitOptions.fromJson(null), "json must be given: got null");
    assertIllegal(() -> SnakepitOptions.load(null), "file must be given: got null");
  }

  private static void assertIllegal(ThrowingCallable given, String message) {
    assertThatThrownBy(given).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }

  private static Throwable thrownBy(ThrowingCallable given) {
    return org.assertj.core.api.Assertions.catchThrowable(given);
  }
}
