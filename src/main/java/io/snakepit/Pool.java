package io.snakepit;

import io.snakepit.api.ErrorCode;
import io.snakepit.api.PoolInfo;
import io.snakepit.api.SnakepitException;
import io.snakepit.api.WorkerInfo;
import io.snakepit.bus.Addresses;
import io.snakepit.bus.BusFailures;
import io.snakepit.bus.Question;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * What one can see of a pool, and have it do: the Java twin of {@code /v1/pools/{pool}} and {@code
 * /v1/workers/{id}}. From {@link Snakepit#pool}.
 *
 * <pre>{@code
 * Pool pool = snakepit.pool("default");
 * pool.resize(8).compose(resized -> pool.roll()).onSuccess(info -> System.out.println(info.roll()));
 * }</pre>
 *
 * <p>An order is answered as soon as it is taken; how far it has come shows in {@link #info}. Any
 * thread may call any method. Every future can fail with {@code POOL_UNAVAILABLE}, while a pool
 * that broke is put in its place again, and with {@code SHUTTING_DOWN}.
 */
public final class Pool {
  /** How long an answer of this JVM's own may take. */
  private static final long ANSWER_MS = 5_000;

  private static final DeliveryOptions LOCAL =
      new DeliveryOptions().setLocalOnly(true).setSendTimeout(ANSWER_MS);

  private final Vertx vertx;
  private final String name;
  private final BooleanSupplier stopping;

  Pool(Vertx vertx, String name, BooleanSupplier stopping) {
    this.vertx = vertx;
    this.name = name;
    this.stopping = stopping;
  }

  /** Its name. */
  public String name() {
    return name;
  }

  /** Its state, numbers and counters. */
  public Future<PoolInfo> info() {
    return this.<JsonObject>ask(Addresses.inspect(name), Question.POOL.name())
        .map(PoolInfo::fromJson);
  }

  /** Its workers, those on their way in and out included. */
  public Future<List<WorkerInfo>> workers() {
    return this.<JsonArray>ask(Addresses.inspect(name), Question.WORKERS.name())
        .map(all -> all.stream().map(each -> WorkerInfo.fromJson((JsonObject) each)).toList());
  }

  /** Finishes the calls it has and refuses new ones, until {@link #resume}. */
  public Future<PoolInfo> drain() {
    return order(Addresses.drain(name), new JsonObject());
  }

  /** Takes calls again. */
  public Future<PoolInfo> resume() {
    return order(Addresses.resume(name), new JsonObject());
  }

  /**
   * Gives it another number of workers. Those that are too many finish their calls first.
   *
   * @param workers 1 to 1000, else it fails with {@code INVALID_REQUEST}
   */
  public Future<PoolInfo> resize(int workers) {
    return order(Addresses.resize(name), new JsonObject().put("size", workers));
  }

  /**
   * Lets it grow while calls wait and shrink when it is idle.
   *
   * @param min workers it keeps, at least 1
   * @param max workers it grows to, at least {@code min}, at most 1000
   * @param idle how long a worker above {@code min} has nothing to do before it goes
   */
  public Future<PoolInfo> resize(int min, int max, Duration idle) {
    JsonObject size =
        new JsonObject().put("min", min).put("max", max).put("idleMs", idle.toMillis());
    return order(Addresses.resize(name), new JsonObject().put("size", size));
  }

  /**
   * Replaces all workers by ones that import the adapter anew, each once its successor is ready: no
   * call fails of it. Code that cannot be started is given up, and the workers at hand go on.
   */
  public Future<PoolInfo> roll() {
    return order(Addresses.roll(name), new JsonObject());
  }

  /**
   * Replaces one worker by a fresh one, after the calls it has. Fails with {@code
   * WORKER_NOT_FOUND}.
   */
  public Future<Void> recycle(String worker) {
    return order(worker, "recycle");
  }

  /** Kills one worker now; it is replaced. Fails with {@code WORKER_NOT_FOUND}. */
  public Future<Void> kill(String worker) {
    return order(worker, "kill");
  }

  private Future<PoolInfo> order(String address, JsonObject body) {
    return this.<JsonObject>ask(address, body).map(PoolInfo::fromJson);
  }

  private Future<Void> order(String worker, String order) {
    JsonObject body = new JsonObject().put("worker", worker).put("order", order);
    return this.<Boolean>ask(Addresses.orderOn(name), body)
        .map(
            known -> {
              if (!known) {
                throw noWorker(worker);
              }
              return null;
            });
  }

  public static SnakepitException noWorker(String worker) {
    return new SnakepitException(
        ErrorCode.WORKER_NOT_FOUND, "there is no worker %s; it may have ended".formatted(worker));
  }

  private <T> Future<T> ask(String address, Object body) {
    return vertx
        .eventBus()
        .<T>request(address, body, LOCAL)
        .map(Message::body)
        .recover(
            failure ->
                Future.failedFuture(BusFailures.explain(failure, name, stopping.getAsBoolean())));
  }
}
