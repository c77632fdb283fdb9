package io.snakepit.it;

import static io.snakepit.testing.RunningSnakepit.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.SnakepitException;
import io.snakepit.testing.Leftovers;
import io.snakepit.testing.RunningSnakepit;
import io.snakepit.testing.TestAdapters;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Values that are nested too deeply are refused at once, by whichever door they come, before their
 * writing overflows a stack.
 */
class DeepValuesIT {
  private static final String ADAPTER =
      """
      from snakepit import Context, HostError, tool

      @tool
      def echo(value: object) -> object:
          return value

      @tool
      def deep(depth: int) -> object:
          value = []
          for _ in range(depth):
              value = [value]
          return value

      @tool
      def ask(ctx: Context, name: str) -> str:
          try:
              return "got " + type(ctx.call_host(name, {})).__name__
          except HostError as error:
              return error.code
      """;

  @TempDir static Path directory;
  private static RunningSnakepit running;

  @RegisterExtension
  static final UnhurtWorkers WORKERS =
      new UnhurtWorkers(() -> running, Call.of("echo").with("value", 5), 5);

  @BeforeAll
  static void start() {
    running =
        RunningSnakepit.start(
            directory, TestAdapters.write(directory, "deep", ADAPTER), new JsonObject());
  }

  @AfterAll
  static void stop() {
    running.close();
    Leftovers.assertNone(directory);
  }

  private static JsonArray deep(int depth) {
    JsonArray value = new JsonArray();
    for (int i = 0; i < depth; i++) {
      value = new JsonArray().add(value);
    }
    return value;
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 950, 999, 1_500, 5_000, 50_000})
  void argumentsInJavaAndOverTheBus(int depth) {
    JsonArray value = deep(depth);
    refusedAtOnce(() -> running.snakepit().execute(Call.of("echo").with("value", value)));
    refusedAtOnce(
        () ->
            running.snakepit().stream(Call.of("echo").with("value", value))
                .handler(chunk -> {})
                .end());
    JsonObject body =
        new JsonObject().put("tool", "echo").put("args", new JsonObject().put("value", value));
    refusedOverTheBus("snakepit.execute", body);
    JsonObject order = new JsonObject().put("size", value);
    refusedOverTheBus("snakepit.pool.default.resize", order);
    refusedOverTheBus("snakepit.execute", order.put("tool", value));
  }

  /** Fails if {@code execute} throws where the stack of the caller's own thread overflows. */
  @ParameterizedTest
  @ValueSource(ints = {950, 3_000, 5_000})
  void callsFromAnEventLoop(int depth) {
    JsonArray value = deep(depth);
    refusedAtOnce(
        () -> {
          Call call = Call.of("echo").with("value", value);
          return onLoop(() -> running.snakepit().execute(call));
        });
    refusedAtOnce(
        () -> {
          Call call = Call.of("echo").with("value", value);
          return onLoop(() -> running.snakepit().stream(call).handler(chunk -> {}).end());
        });
  }

  private static Future<Object> onLoop(Supplier<Future<?>> call) {
    Promise<Object> answer = Promise.promise();
    Context loop = running.vertx().getOrCreateContext();
    loop.runOnContext(go -> call.get().<Object>mapEmpty().onComplete(answer));
    return answer.future();
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 950, 999, 5_000})
  void resultsToo(int depth) {
    Call call = Call.of("deep").with("depth", depth);
    refusedAtOnce(() -> running.snakepit().execute(call).map(result -> result.json()));
    JsonObject body =
        new JsonObject().put("tool", "deep").put("args", new JsonObject().put("depth", depth));
    refusedOverTheBus("snakepit.execute", body);
  }

  @Test
  void soAreThoseOfHostTools() {
    running.snakepit().tool("nothing", args -> null);
    running.snakepit().tool("null", args -> Future.succeededFuture());
    running.snakepit().tool("deep", args -> Future.succeededFuture(deep(50_000)));
    running.snakepit().tool("odd", args -> Future.succeededFuture(new Object()));
    running.snakepit().tool("large", args -> Future.succeededFuture("x".repeat(70_000_000)));
    running.snakepit().tool("wordy", args -> Future.failedFuture("x".repeat(5_000_000)));
    running
        .snakepit()
        .tool(
            "error",
            args -> {
              throw new LinkageError("no such class");
            });
    assertThat(ask("nothing")).isEqualTo("INTERNAL");
    assertThat(ask("null")).isEqualTo("got NoneType");
    assertThat(ask("deep")).isEqualTo("INTERNAL");
    assertThat(ask("odd")).isEqualTo("INTERNAL");
    assertThat(ask("large")).isEqualTo("PAYLOAD_TOO_LARGE");
    assertThat(ask("wordy")).isEqualTo("INTERNAL");
    assertThat(ask("error")).isEqualTo("INTERNAL");
  }

  private static Object ask(String name) {
    return running.call(Call.of("ask").with("name", name));
  }

  /** Fails if the host writes a frame that its worker does not accept. */
  @Test
  void argumentsBeyondWhatAFrameHoldsAreRefused() {
    Buffer large = Buffer.buffer(new byte[70_000_000]);
    assertThat(running.failure(Call.of("echo").body(large, "a/b")).code())
        .isEqualTo(ErrorCode.PAYLOAD_TOO_LARGE);
    assertThat(running.failure(Call.of("echo").with("value", "x".repeat(70_000_000))))
        .hasMessage("the arguments have 70000012 bytes: http.maxBodyBytes allows 67108864")
        .extracting(SnakepitException::code)
        .isEqualTo(ErrorCode.PAYLOAD_TOO_LARGE);
  }

  /** Fails where such a value is taken, too: whoever reads it next may not bear it. */
  private static void refusedAtOnce(Supplier<Future<?>> call) {
    Object outcome;
    try {
      outcome = await(call.get());
    } catch (RunningSnakepit.FailedException e) {
      outcome = e.getCause();
    } catch (SnakepitException refusedBeforeItWasSent) {
      outcome = refusedBeforeItWasSent;
    }
    assertThat(outcome)
        .isInstanceOfSatisfying(
            SnakepitException.class,
            refusal ->
                assertThat(refusal.code())
                    .isIn(
                        ErrorCode.INVALID_REQUEST,
                        ErrorCode.INTERNAL,
                        ErrorCode.SERIALIZATION_ERROR));
  }

  /** Takes for a refusal, too, that the bus itself can't copy what is sent over it. */
  private static void refusedOverTheBus(String address, JsonObject body) {
    try {
      refusedAtOnce(() -> running.vertx().eventBus().request(address, body));
    } catch (StackOverflowError copiedBySender) {
      assertThat(copiedBySender.getStackTrace()).isNotEmpty();
    }
  }
}
