package io.snakepit.bus;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.Result;
import io.snakepit.api.Shown;
import io.snakepit.api.SnakepitException;
import io.vertx.core.Future;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.function.BooleanSupplier;

/**
 * A client of this host's pools over the event bus, within this JVM. Any thread may call it.
 *
 * <p>Questions and orders to one pool go to the pool itself, which must be one of the host's: of a
 * name that a client has sent, ask {@link #pool} first, which knows which there are. If it does not
 * answer, they fail with {@code SHUTTING_DOWN} while the host stops, with {@code POOL_UNAVAILABLE}
 * while the pool is replaced, and with {@code INTERNAL} otherwise.
 *
 * <p>Questions about the host ({@link #pools}, {@link #pool}, {@link #workers}, {@link #tools},
 * {@link #health}, {@link #recycle(String)}, {@link #kill(String)}) go to its public addresses.
 * They fail as these do, and with a {@link io.vertx.core.eventbus.ReplyException} if nobody listens
 * there, which is so while the host starts or stops.
 */
public final class PoolClient {
  /** Milliseconds that an answer of this JVM's own may take. */
  private static final long ANSWER_MS = 5_000;

  /** Milliseconds that an answer about the host's health may take, for impatient probes. */
  private static final long HEALTH_MS = 2_000;

  /** Milliseconds beyond a call's deadline after which a pool is taken for gone. */
  private static final long EXECUTE_GRACE_MS = 1_000;

  private static final DeliveryOptions DELIVERY = localWithin(ANSWER_MS);
  private static final DeliveryOptions SOON = localWithin(HEALTH_MS);

  private final EventBus bus;
  private final BooleanSupplier stopping;

  /**
   * @param stopping tells whether the host is being stopped, so that a missing pool has stopped
   */
  public PoolClient(EventBus bus, BooleanSupplier stopping) {
    this.bus = bus;
    this.stopping = stopping;
  }

  private static DeliveryOptions localWithin(long milliseconds) {
    return new DeliveryOptions().setLocalOnly(true).setSendTimeout(milliseconds);
  }

  /**
   * Has a pool run a call.
   *
   * @param timeoutMs the call's deadline from now, in ms; 0: none. A pool that has not answered a
   *     second later is taken for gone
   */
  public Future<Result> execute(String pool, Call call, long timeoutMs) {
    DeliveryOptions delivery =
        localWithin(timeoutMs == 0 ? Long.MAX_VALUE : timeoutMs + EXECUTE_GRACE_MS);
    return this.<Result>ask(Addresses.executeOn(pool), call, delivery)
        .recover(failure -> Future.failedFuture(explain(failure, pool)));
  }

  /**
   * Asks a pool for the pulses of its workers.
   *
   * @param ping whether each worker is to be sent a ping, too
   * @param withinMs milliseconds that the answer may take
   */
  public Future<Pulses> beat(String pool, boolean ping, long withinMs) {
    return this.<Pulses>ask(Addresses.beat(pool), ping, localWithin(withinMs));
  }

  /** Tells a pool that a worker of it hangs. */
  public void reportHung(String pool, String worker, String reason) {
    JsonObject report = new JsonObject().put("worker", worker).put("reason", reason);
    bus.send(Addresses.hung(pool), report, DELIVERY);
  }

  /**
   * Asks one pool.
   *
   * @return an object for {@link Question#POOL}, else an array
   */
  public <T> Future<T> inspect(String pool, Question question) {
    return askPool(pool, Addresses.inspect(pool), question.name());
  }

  /** Has a pool finish its calls and refuse new ones; answers with the pool. */
  public Future<JsonObject> drain(String pool) {
    return askPool(pool, Addresses.drain(pool), new JsonObject());
  }

  /** Has a pool take calls again; answers with the pool. */
  public Future<JsonObject> resume(String pool) {
    return askPool(pool, Addresses.resume(pool), new JsonObject());
  }

  /**
   * Changes a pool's number of workers; answers with the pool.
   *
   * @param size {@code {"size"}}, a number or {@code {"min","max","idleMs"?}}
   */
  public Future<JsonObject> resize(String pool, JsonObject size) {
    return askPool(pool, Addresses.resize(pool), size);
  }

  /** Replaces all workers of a pool; answers with the pool. */
  public Future<JsonObject> roll(String pool) {
    return askPool(pool, Addresses.roll(pool), new JsonObject());
  }

  /** Replaces a worker of a pool after its calls. Fails with {@code WORKER_NOT_FOUND}, too. */
  public Future<Void> recycle(String pool, String worker) {
    return order(pool, worker, "recycle");
  }

  /** Kills a worker of a pool now. Fails with {@code WORKER_NOT_FOUND}, too. */
  public Future<Void> kill(String pool, String worker) {
    return order(pool, worker, "kill");
  }

  /** Cancels a call of one pool; answers whether it was under way, and never fails. */
  public Future<Boolean> cancel(String pool, String call) {
    return this.<Boolean>ask(Addresses.cancelOn(pool), call, DELIVERY).otherwise(false);
  }

  private Future<Void> order(String pool, String worker, String order) {
    JsonObject body = new JsonObject().put("worker", worker).put("order", order);
    return this.<Boolean>askPool(pool, Addresses.orderOn(pool), body)
        .map(
            known -> {
              if (!known) {
                throw noWorker(worker);
              }
              return null;
            });
  }

  /** Returns the error of a worker that does not exist. */
  public static SnakepitException noWorker(String worker) {
    return new SnakepitException(
        ErrorCode.WORKER_NOT_FOUND,
        "there is no worker %s; it may have ended".formatted(Shown.of(worker)));
  }

  private <T> Future<T> askPool(String pool, String address, Object body) {
    return this.<T>ask(address, body, DELIVERY)
        .recover(failure -> Future.failedFuture(explain(failure, pool)));
  }

  private SnakepitException explain(Throwable failure, String pool) {
    return BusFailures.explain(failure, pool, stopping.getAsBoolean());
  }

  /** Returns the error of a call of a pool that is not there, or not yet. */
  public SnakepitException missing(String pool) {
    return BusFailures.missing(pool, stopping.getAsBoolean());
  }

  /** Asks the host for all its pools. */
  public Future<JsonArray> pools() {
    return ask(Addresses.POOLS, new JsonObject(), DELIVERY);
  }

  /** Asks the host for one pool. Fails with {@code POOL_NOT_FOUND}, naming those there are. */
  public Future<JsonObject> pool(String name) {
    return ask(Addresses.POOLS, new JsonObject().put("pool", name), DELIVERY);
  }

  /** Asks the host for the workers of all its pools. */
  public Future<JsonArray> workers() {
    return ask(Addresses.WORKERS, new JsonObject(), DELIVERY);
  }

  /** Asks the host for the workers of one pool. Fails with {@code POOL_NOT_FOUND}, too. */
  public Future<JsonArray> workers(String pool) {
    return ask(Addresses.WORKERS, new JsonObject().put("pool", pool), DELIVERY);
  }

  /** Asks the host for the tools of all its pools. */
  public Future<JsonArray> tools() {
    return ask(Addresses.TOOLS, new JsonObject(), DELIVERY);
  }

  /** Asks the host to replace a worker after its calls; answers {@code {"worker","pool"}}. */
  public Future<JsonObject> recycle(String worker) {
    return ask(Addresses.RECYCLE, new JsonObject().put("worker", worker), DELIVERY);
  }

  /** Asks the host to kill a worker now; answers {@code {"worker","pool"}}. */
  public Future<JsonObject> kill(String worker) {
    return ask(Addresses.KILL, new JsonObject().put("worker", worker), DELIVERY);
  }

  /** Asks the host whether it can take calls; a host that can't tell within 2 s fails this. */
  public Future<JsonObject> health() {
    return ask(Addresses.HEALTH, new JsonObject(), SOON);
  }

  private <T> Future<T> ask(String address, Object body, DeliveryOptions delivery) {
    return bus.<T>request(address, body, delivery).map(Message::body);
  }
}
