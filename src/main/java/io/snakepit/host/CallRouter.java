package io.snakepit.host;

import io.snakepit.api.Call;
import io.snakepit.api.CallExecutor;
import io.snakepit.api.ChunkStream;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.Faults;
import io.snakepit.api.Result;
import io.snakepit.api.SnakepitException;
import io.snakepit.api.waiting.ByteAccount;
import io.snakepit.api.waiting.WaitingBody;
import io.snakepit.bus.BusFailures;
import io.snakepit.bus.PoolClient;
import io.snakepit.bus.PoolNames;
import io.snakepit.pool.CallStream;
import io.snakepit.pool.PoolVerticle;
import io.snakepit.vertx.Contexts;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Router of calls to the pools of this host: without a hop if called on the pool's event loop, else
 * over the event bus. Any thread may call it; futures complete on the caller's context.
 */
public final class CallRouter implements CallExecutor {
  private final Vertx vertx;
  private final PoolNames names;
  private final PoolDirectory directory;
  private final PoolClient pools;
  private final Supplier<@Nullable SnakepitException> refusal;
  private final WaitingBytes waiting;
  private final LargeCalls large;

  /**
   * @param directory finds the pool that a call names
   * @param pools has pools run calls, and cancel them
   * @param refusal tells why the host takes no calls now; null if it does
   * @param waiting counts the bodies that wait for a pool
   */
  CallRouter(
      Vertx vertx,
      PoolNames names,
      PoolDirectory directory,
      PoolClient pools,
      Supplier<@Nullable SnakepitException> refusal,
      WaitingBytes waiting) {
    this.vertx = vertx;
    this.names = names;
    this.directory = directory;
    this.pools = pools;
    this.refusal = refusal;
    this.waiting = waiting;
    this.large = new LargeCalls(vertx);
  }

  @Override
  public Future<Result> execute(Call call) {
    if (call == null) {
      return Future.failedFuture(missing("call"));
    }
    try {
      return route(call);
    } catch (Throwable thrown) {
      return givenUp(call, thrown);
    }
  }

  private Future<Result> route(Call call) {
    PoolVerticle pool = find(call);
    return LargeCalls.isUncounted(call)
        ? count(pool, call).compose(counted -> execute(pool, counted))
        : execute(pool, call);
  }

  private Future<Call> count(PoolVerticle pool, Call call) {
    return large
        .admit(call, waiting.bodies(pool.pool()))
        .recover(unwritten -> Future.failedFuture(named(call, BusFailures.reply(unwritten))));
  }

  private Future<Result> execute(PoolVerticle pool, Call call) {
    try {
      Future<Result> outcome = pool.isHere() ? pool.execute(call) : send(pool, call);
      WaitingBody body = call.waiting();
      return body == null ? outcome : outcome.onComplete(over -> body.close());
    } catch (Throwable thrown) {
      return givenUp(call, thrown);
    }
  }

  /** Answers the caller of a call that no pool gets, and lets go of its body. */
  private static Future<Result> givenUp(Call call, Throwable thrown) {
    letGo(call);
    Faults.throwIfFatal(thrown);
    return Future.failedFuture(named(call, BusFailures.reply(thrown)));
  }

  private PoolVerticle find(Call call) {
    SnakepitException why = refusal.get();
    if (why != null) {
      throw why;
    }
    return directory.find(call.pool());
  }

  /** Gives up a call that no pool gets. */
  private static void letGo(Call call) {
    WaitingBody body = call.waiting();
    if (body != null) {
      body.close();
    }
  }

  @Override
  public ChunkStream stream(Call call) {
    Context consumer = Contexts.currentOrNew(vertx);
    if (call == null) {
      return CallStream.failed(consumer, missing("call"));
    }
    try {
      PoolVerticle pool = find(call);
      if (!pool.isThere()) {
        throw pools.missing(pool.pool());
      }
      Future<Call> counted =
          LargeCalls.isUncounted(call) ? count(pool, call) : Future.succeededFuture(call);
      return pool.stream(counted, consumer);
    } catch (Throwable thrown) {
      letGo(call);
      Faults.throwIfFatal(thrown);
      return CallStream.failed(consumer, named(call, BusFailures.reply(thrown)));
    }
  }

  @Override
  public ByteAccount bodies(String pool) {
    String meant = pool != null && pool.isEmpty() ? names.home() : directory.find(pool).pool();
    return waiting.bodies(meant);
  }

  @Override
  public boolean takesUpload(String pool, String tool) {
    try {
      return tool != null && directory.find(pool).takesUpload(tool);
    } catch (SnakepitException noSuchPool) {
      return false;
    }
  }

  @Override
  public long streamHeadAfterMs(String pool) {
    try {
      return directory.find(pool).streamHeadAfterMs();
    } catch (SnakepitException noSuchPool) {
      return Long.MAX_VALUE;
    }
  }

  /** {@inheritDoc} Asks every pool: a call's id does not tell which it is in. */
  @Override
  public Future<Boolean> cancel(String callId) {
    if (callId == null) {
      return Future.failedFuture(missing("the id of a call"));
    }
    List<Future<Boolean>> answers =
        names.all().stream().map(pool -> pools.cancel(pool, callId)).toList();
    return Future.all(answers).map(all -> all.<Boolean>list().contains(true));
  }

  /** Returns the error of a null: a caller in Java may come from anywhere. */
  private static SnakepitException missing(String what) {
    return new SnakepitException(ErrorCode.INVALID_REQUEST, what + " must be given: got null");
  }

  private static SnakepitException named(Call call, SnakepitException why) {
    return why.forCall(
        nullIfEmpty(call.id()), nullIfEmpty(call.pool()), nullIfEmpty(call.session()));
  }

  private Future<Result> send(PoolVerticle pool, Call call) {
    long timeoutMs = call.timeoutMs() > 0 ? call.timeoutMs() : pool.executeTimeoutMs();
    return pools
        .execute(pool.pool(), call, timeoutMs)
        .recover(failure -> Future.failedFuture(named(failure, pool.pool(), call)));
  }

  /** Returns the failure with the call that it concerns, where the pool did not say so itself. */
  private static Throwable named(Throwable failure, String pool, Call call) {
    return failure instanceof SnakepitException known && known.call() == null
        ? known.forCall(nullIfEmpty(call.id()), pool, nullIfEmpty(call.session()))
        : failure;
  }

  private static @Nullable String nullIfEmpty(String text) {
    return text.isEmpty() ? null : text;
  }
}
