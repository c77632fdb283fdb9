package io.snakepit.host;

import io.snakepit.api.Call;
import io.snakepit.api.CallExecutor;
import io.snakepit.api.ChunkStream;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.Result;
import io.snakepit.api.SnakepitException;
import io.snakepit.bus.Addresses;
import io.snakepit.bus.BusFailures;
import io.snakepit.bus.PoolClient;
import io.snakepit.bus.PoolNames;
import io.snakepit.pool.CallStream;
import io.snakepit.pool.PoolVerticle;
import io.snakepit.vertx.Contexts;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Router of calls to the pools of this host: without a hop if called on the pool's event loop, else
 * over the event bus. Any thread may call it; futures complete on the caller's context.
 */
public final class CallRouter implements CallExecutor {
  /** The time beyond a call's deadline after which a sender takes the pool for gone, in ms. */
  private static final long SEND_GRACE_MS = 1_000;

  private final Vertx vertx;
  private final PoolNames names;
  private final PoolDirectory directory;
  private final PoolClient pools;
  private final BooleanSupplier stopping;

  /**
   * @param directory finds the pool that a call names
   * @param pools asks each pool to cancel a call
   * @param stopping tells whether the host is being stopped, so that calls are refused
   */
  CallRouter(
      Vertx vertx,
      PoolNames names,
      PoolDirectory directory,
      PoolClient pools,
      BooleanSupplier stopping) {
    this.vertx = vertx;
    this.names = names;
    this.directory = directory;
    this.pools = pools;
    this.stopping = stopping;
  }

  @Override
  public Future<Result> execute(Call call) {
    if (stopping.getAsBoolean()) {
      return Future.failedFuture(named(call, stopping()));
    }
    PoolVerticle pool;
    try {
      pool = directory.find(call.pool());
    } catch (SnakepitException e) {
      return Future.failedFuture(named(call, e));
    }
    return pool.isHere() ? pool.execute(call) : send(pool, call);
  }

  @Override
  public ChunkStream stream(Call call) {
    Context consumer = Contexts.currentOrNew(vertx);
    if (stopping.getAsBoolean()) {
      return CallStream.failed(consumer, named(call, stopping()));
    }
    try {
      return directory.find(call.pool()).stream(call, consumer);
    } catch (SnakepitException e) {
      return CallStream.failed(consumer, named(call, e));
    }
  }

  @Override
  public boolean takesUpload(String pool, String tool) {
    try {
      return directory.find(pool).takesUpload(tool);
    } catch (SnakepitException noSuchPool) {
      return false;
    }
  }

  /** {@inheritDoc} Asks every pool: a call's id does not tell which it is in. */
  @Override
  public Future<Boolean> cancel(String callId) {
    List<Future<Boolean>> answers =
        names.all().stream().map(pool -> pools.cancel(pool, callId)).toList();
    return Future.all(answers).map(all -> all.<Boolean>list().contains(true));
  }

  private static SnakepitException stopping() {
    return new SnakepitException(ErrorCode.SHUTTING_DOWN, "the host is stopping");
  }

  private static SnakepitException named(Call call, SnakepitException why) {
    return why.forCall(
        nullIfEmpty(call.id()), nullIfEmpty(call.pool()), nullIfEmpty(call.session()));
  }

  private Future<Result> send(PoolVerticle pool, Call call) {
    long timeoutMs = call.timeoutMs() > 0 ? call.timeoutMs() : pool.executeTimeoutMs();
    DeliveryOptions delivery =
        new DeliveryOptions()
            .setLocalOnly(true)
            .setSendTimeout(timeoutMs == 0 ? Long.MAX_VALUE : timeoutMs + SEND_GRACE_MS);
    return vertx
        .eventBus()
        .<Result>request(Addresses.executeOn(pool.pool()), call, delivery)
        .map(Message::body)
        .recover(failure -> Future.failedFuture(explain(failure, pool.pool(), call)));
  }

  private SnakepitException explain(Throwable failure, String pool, Call call) {
    return failure instanceof SnakepitException known
        ? known
        : BusFailures.explain(failure, pool, stopping.getAsBoolean())
            .forCall(nullIfEmpty(call.id()), pool, nullIfEmpty(call.session()));
  }

  private static @Nullable String nullIfEmpty(String text) {
    return text.isEmpty() ? null : text;
  }
}
