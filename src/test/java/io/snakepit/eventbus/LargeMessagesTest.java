package io.snakepit.eventbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.snakepit.api.Call;
import io.snakepit.api.CallExecutor;
import io.snakepit.api.ChunkStream;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.Result;
import io.snakepit.api.SnakepitException;
import io.snakepit.api.waiting.ByteAccount;
import io.snakepit.api.waiting.ByteBudget;
import io.snakepit.bus.Addresses;
import io.snakepit.bus.Codecs;
import io.snakepit.bus.PoolClient;
import io.snakepit.bus.PoolNames;
import io.snakepit.pool.CallStream;
import io.snakepit.vertx.Contexts;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Large messages are read on threads that may take their time, not on the door's event loop. */
class LargeMessagesTest {
  private static final int MANY = 1_000_000;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final Vertx vertx = Vertx.vertx();
  private final Context home = Contexts.create(vertx);
  private final BlockingQueue<Call> calls = new LinkedBlockingQueue<>();
  private long loop;

  /** A fake of all behind the door, which keeps the calls it gets. */
  private final class Keeper implements CallExecutor {
    @Override
    public Future<Result> execute(Call call) {
      calls.add(call);
      return Future.succeededFuture(
          new Result("c-1", "", Buffer.buffer("1"), "default-1", Duration.ofMillis(1)));
    }

    @Override
    public ChunkStream stream(Call call) {
      calls.add(call);
      return CallStream.failed(home, new SnakepitException(ErrorCode.CANCELLED, "enough"));
    }

    @Override
    public boolean takesUpload(String pool, String tool) {
      return false;
    }

    @Override
    public ByteAccount bodies(String pool) {
      return ByteBudget.unlimited().open("no limit");
    }

    @Override
    public long streamHeadAfterMs(String pool) {
      return 1;
    }

    @Override
    public Future<Boolean> cancel(String callId) {
      return Future.succeededFuture(false);
    }
  }

  @BeforeEach
  void open() throws Exception {
    Codecs.register(vertx.eventBus());
    await(
        vertx.deployVerticle(
            new EventBusVerticle(
                new Keeper(),
                new PoolClient(vertx.eventBus(), () -> false),
                new PoolNames(List.of("default")),
                () -> Future.succeededFuture(new JsonObject()),
                home)));
    Promise<Long> id = Promise.promise();
    home.runOnContext(here -> id.complete(Thread.currentThread().getId()));
    loop = await(id.future());
  }

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private static JsonObject call(Object args) {
    return new JsonObject().put("tool", "echo").put("args", args);
  }

  private Object ask(String address, JsonObject body) throws Exception {
    JsonObject sent = address.equals(Addresses.STREAM) ? body.put("replyTo", "chunks") : body;
    return await(vertx.eventBus().request(address, sent)).body();
  }

  @ParameterizedTest
  @ValueSource(strings = {Addresses.EXECUTE, Addresses.STREAM})
  void manyArgumentsAreCopiedElsewhere(String address) throws Exception {
    ask(address, call(new JsonObject().put("few", 1)));
    calls.take();
    long before = threads.getThreadAllocatedBytes(loop);

    ask(address, call(new JsonObject().put("many", new JsonArray(Collections.nCopies(MANY, 7)))));

    long allocated = threads.getThreadAllocatedBytes(loop) - before;
    assertThat(calls.take().weight()).isGreaterThan(2L * MANY);
    assertThat(allocated).isLessThan(MANY);
  }

  @ParameterizedTest
  @ValueSource(strings = {Addresses.EXECUTE, Addresses.STREAM})
  void soIsABufferThatHasCrossedTheWire(String address) throws Exception {
    ask(address, call(Buffer.buffer("{}")));
    calls.take();
    JsonObject wired = new JsonObject(call(Buffer.buffer("{" + " ".repeat(MANY) + "}")).encode());
    long before = threads.getThreadAllocatedBytes(loop);

    ask(address, wired);

    long allocated = threads.getThreadAllocatedBytes(loop) - before;
    assertThat(calls.take().body().length()).isEqualTo(MANY + 2);
    assertThat(allocated).isLessThan(MANY);
  }

  @ParameterizedTest
  @ValueSource(strings = {Addresses.EXECUTE, Addresses.STREAM})
  void whatIsWrongInALargeMessageIsAnswered(String address) {
    JsonObject deep = new JsonObject().put("a", "\ud800" + "x".repeat(MANY));
    assertThatThrownBy(() -> ask(address, call(deep)))
        .cause()
        .isInstanceOfSatisfying(
            SnakepitException.class,
            error -> assertThat(error.code()).isEqualTo(ErrorCode.INVALID_REQUEST));
    assertThat(calls).isEmpty();
  }
}
