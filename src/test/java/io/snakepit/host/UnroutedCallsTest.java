package io.snakepit.host;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.HostTools;
import io.snakepit.api.SnakepitException;
import io.snakepit.api.waiting.ByteBudget;
import io.snakepit.api.waiting.WaitingBody;
import io.snakepit.bus.Codecs;
import io.snakepit.bus.PoolClient;
import io.snakepit.bus.PoolNames;
import io.snakepit.config.PoolOptions;
import io.snakepit.config.SnakepitOptions;
import io.snakepit.pool.PoolVerticle;
import io.snakepit.testing.RunningSnakepit;
import io.snakepit.worker.NurserySettings;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls with large bodies that no pool gets: what their bodies have taken is given back. */
class UnroutedCallsTest {
  private static final int BYTES = 100_000;
  private static final SnakepitOptions OPTIONS =
      SnakepitOptions.fromJson(
          new JsonObject().put("pools", new JsonObject().put("p", new JsonObject())));

  private final Vertx vertx = Vertx.vertx();
  private final PoolNames names = new PoolNames(OPTIONS.pools().keySet());
  private final PoolDirectory directory = new PoolDirectory(names);
  private final WaitingBytes waiting = new WaitingBytes(OPTIONS, 1 << 30);
  private final PoolClient pools = new PoolClient(vertx.eventBus(), () -> false);
  private final ByteBudget budget = new ByteBudget(2 * BYTES, 1);
  private SnakepitException refusal;
  private final CallRouter router =
      new CallRouter(vertx, names, directory, pools, () -> refusal, waiting);

  @AfterEach
  void close() {
    RunningSnakepit.await(vertx.close());
  }

  /** Makes a call whose body a door has counted already. */
  private Call counted(String pool) {
    Buffer bytes = Buffer.buffer(new byte[BYTES]);
    WaitingBody body =
        new WaitingBody(bytes, requireNonNull(budget.open("limit").take(bytes.length())));
    return Call.of("tool").pool(pool).body(body, "a/b");
  }

  /** Makes a call that the router has to count. */
  private static Call uncounted() {
    return Call.of("tool").pool("p").body(Buffer.buffer(new byte[BYTES]), "a/b");
  }

  private void assertFails(Call call, ErrorCode expected) {
    assertThatThrownBy(() -> RunningSnakepit.await(router.execute(call)))
        .satisfies(failure -> assertCode(failure.getCause(), expected));
  }

  private void assertStreamFails(Call call, ErrorCode expected) {
    assertThatThrownBy(() -> RunningSnakepit.await(router.stream(call).end()))
        .satisfies(failure -> assertCode(failure.getCause(), expected));
  }

  private static void assertCode(Throwable failure, ErrorCode expected) {
    assertThat(failure).isInstanceOf(SnakepitException.class);
    assertThat(((SnakepitException) failure).code()).isEqualTo(expected);
  }

  private void assertNothingCounted() {
    assertThat(budget.counted()).isZero();
    assertThat(waiting.bodies("p").used()).isZero();
  }

  /** Puts a pool in its place that is not deployed, as while the host starts. */
  private PoolVerticle placePool() {
    PoolOptions options = requireNonNull(OPTIONS.pools().get("p"));
    Path nowhere = Path.of("nowhere");
    NurserySettings settings =
        new NurserySettings(
            "p",
            options,
            Map.of(),
            new NurserySettings.Run("run", "test", nowhere, nowhere),
            1 << 20,
            OPTIONS.sessions(),
            new HostTools());
    PoolVerticle pool = new PoolVerticle(settings, waiting.answers("p"), false, why -> {});
    directory.put(pool);
    return pool;
  }

  @Test
  void whileTheHostRefusesCalls() {
    placePool();
    refusal = new SnakepitException(ErrorCode.SHUTTING_DOWN, "the host is stopping");
    assertFails(counted("p"), ErrorCode.SHUTTING_DOWN);
    assertNothingCounted();
    assertStreamFails(counted("p"), ErrorCode.SHUTTING_DOWN);
    assertNothingCounted();
    assertFails(uncounted(), ErrorCode.SHUTTING_DOWN);
    assertStreamFails(uncounted(), ErrorCode.SHUTTING_DOWN);
    assertNothingCounted();
  }

  @Test
  void ofPoolsThatThereAreNot() {
    placePool();
    assertFails(counted("none"), ErrorCode.POOL_NOT_FOUND);
    assertNothingCounted();
    assertStreamFails(counted("none"), ErrorCode.POOL_NOT_FOUND);
    assertNothingCounted();
  }

  @Test
  void beforeTheStart() {
    assertFails(counted("p"), ErrorCode.POOL_UNAVAILABLE);
    assertStreamFails(counted("p"), ErrorCode.POOL_UNAVAILABLE);
    assertNothingCounted();
  }

  /** Fails where only what a door has counted is given back, and not what the router has. */
  @Test
  void ofPoolsThatAreNotDeployedYet() {
    Codecs.register(vertx.eventBus());
    placePool();
    assertFails(counted("p"), ErrorCode.POOL_UNAVAILABLE);
    assertNothingCounted();
    assertFails(uncounted(), ErrorCode.POOL_UNAVAILABLE);
    assertNothingCounted();
    assertStreamFails(counted("p"), ErrorCode.POOL_UNAVAILABLE);
    assertNothingCounted();
    assertStreamFails(uncounted(), ErrorCode.POOL_UNAVAILABLE);
    assertNothingCounted();
  }

  /** Fails where what is thrown while a call is sent leaves its body counted. */
  @Test
  void thatCanNotBeSent() {
    placePool(); // and no codec is registered
    assertFails(counted("p"), ErrorCode.INTERNAL);
    assertNothingCounted();
    assertFails(uncounted(), ErrorCode.INTERNAL);
    assertNothingCounted();
  }

  /** Fails where a door that asks for a tool without a name meets a fault. */
  @Test
  void thatNameNoTool() {
    RunningSnakepit.await(vertx.deployVerticle(placePool()));
    assertThat(router.takesUpload("p", null)).isFalse();
  }

  @Test
  void thatCanNotBeWritten() {
    Codecs.register(vertx.eventBus());
    RunningSnakepit.await(vertx.deployVerticle(placePool()));
    Call small = Call.of("tool").pool("p").with("number", new UnwritableNumber());
    for (Call call : List.of(small, small.with("text", "x".repeat(BYTES)))) {
      assertFails(call, ErrorCode.INVALID_REQUEST);
      assertStreamFails(call, ErrorCode.INVALID_REQUEST);
      assertNothingCounted();
    }
  }
}
