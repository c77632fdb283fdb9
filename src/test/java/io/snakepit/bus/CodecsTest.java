package io.snakepit.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.PythonError;
import io.snakepit.api.Result;
import io.snakepit.api.SnakepitException;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class CodecsTest {
  private final SnakepitException error =
      new SnakepitException(ErrorCode.WORKER_CRASHED, "gone")
          .withPython(new PythonError("ValueError", "é", "Traceback"))
          .withDetails(new JsonObject().put("k", 1))
          .forCall("call-1", "main", "user-7")
          .onWorker("main-3");

  @BeforeEach
  void register(Vertx vertx) {
    Codecs.register(vertx.eventBus());
  }

  @Test
  void registeringAgainDoesNothing(Vertx vertx) {
    Codecs.register(vertx.eventBus());
  }

  @Test
  void callsAndResultsPassByReference(Vertx vertx) {
    Call call = Call.of("echo");
    Result result = new Result("call-1", "", Buffer.buffer("1"), "main-1", Duration.ZERO);
    vertx
        .eventBus()
        .<Call>localConsumer(
            Addresses.executeOn("main"),
            message -> {
              assertThat(message.body()).isSameAs(call);
              message.reply(result);
            });
    Object reply = vertx.eventBus().request(Addresses.executeOn("main"), call).await().body();
    assertThat(reply).isSameAs(result);
  }

  @Test
  void anErrorFailsTheRequestAsItIs(Vertx vertx) {
    vertx.eventBus().localConsumer("refuse", message -> message.reply(error));
    assertThatThrownBy(() -> vertx.eventBus().request("refuse", "please").await()).isSameAs(error);
  }

  @Test
  void callsAndResultsRefuseToLeaveTheirJvm() {
    assertThatThrownBy(() -> codec(Call.class).encodeToWire(Buffer.buffer(), Call.of("echo")))
        .hasMessage("snakepit.call is for addresses of one JVM");
    assertThatThrownBy(() -> codec(Result.class).decodeFromWire(0, Buffer.buffer()))
        .hasMessage("snakepit.result is for addresses of one JVM");
  }

  /** Another member of a cluster would have to register it, too. */
  @Test
  void anErrorHasNoCodecOfItsOwn() {
    assertThat(codec(SnakepitException.class)).isNull();
  }

  @Test
  void codecsHaveNamesOfTheirOwn() {
    assertThat(codec(Call.class).name()).isEqualTo("snakepit.call");
    assertThat(codec(Result.class).name()).isEqualTo("snakepit.result");
    assertThat(codec(Call.class).systemCodecID()).isEqualTo((byte) -1);
  }

  /** The codec that is registered for a type, as a bus is told. */
  @SuppressWarnings("unchecked")
  private static <T> @Nullable MessageCodec<T, T> codec(Class<T> type) {
    Map<Object, Object> told = new HashMap<>();
    Codecs.register(
        (io.vertx.core.eventbus.EventBus)
            Proxy.newProxyInstance(
                CodecsTest.class.getClassLoader(),
                new Class<?>[] {io.vertx.core.eventbus.EventBus.class},
                (proxy, method, arguments) -> {
                  told.put(arguments[0], arguments[1]);
                  return proxy;
                }));
    return (MessageCodec<T, T>) told.get(type);
  }
}
