package io.snakepit;

import io.snakepit.api.ErrorCode;
import io.snakepit.api.PoolInfo;
import io.snakepit.api.SnakepitException;
import io.snakepit.api.WorkerInfo;
import io.snakepit.bus.PoolClient;
import io.snakepit.bus.Question;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;

/**
 * A pool to be looked at and given orders: the Java twin of {@code /v1/pools/{pool}} and {@code
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
  private final String name;
  private final PoolClient pools;

  Pool(String name, PoolClient pools) {
    this.name = name;
    this.pools = pools;
  }

  /** Returns the name of the pool. */
  public String name() {
    return name;
  }

  /** Returns state, numbers and counters of the pool. */
  public Future<PoolInfo> info() {
    return pools.<JsonObject>inspect(name, Question.POOL).map(PoolInfo::fromJson);
  }

  /** Returns the workers of the pool, those on their way in and out included. */
  public Future<List<WorkerInfo>> workers() {
    return pools
        .<JsonArray>inspect(name, Question.WORKERS)
        .map(all -> all.stream().map(each -> WorkerInfo.fromJson((JsonObject) each)).toList());
  }

  /** Has the pool finish the calls it has and refuse new ones, until {@link #resume}. */
  public Future<PoolInfo> drain() {
    return pools.drain(name).map(PoolInfo::fromJson);
  }

  /** Has the pool take calls again. */
  public Future<PoolInfo> resume() {
    return pools.resume(name).map(PoolInfo::fromJson);
  }

  /**
   * Gives the pool another number of workers. Those that are too many finish their calls first.
   *
   * @param workers 1 to 1000, else it fails with {@code INVALID_REQUEST}
   */
  public Future<PoolInfo> resize(int workers) {
    return resizeTo(workers);
  }

  /**
   * Lets the pool grow while calls wait and shrink when it is idle.
   *
   * @param min workers it keeps, at least 1
   * @param max workers it grows to, at least {@code min}, at most 1000
   * @param idle how long a worker above {@code min} has nothing to do before it goes
   */
  public Future<PoolInfo> resize(int min, int max, Duration idle) {
    if (idle == null) {
      return Future.failedFuture(
          new SnakepitException(ErrorCode.INVALID_REQUEST, "idle must be a duration: got null"));
    }
    // One that can't be counted in milliseconds is refused as much as one that is too long.
    boolean countable = Math.abs(idle.toSeconds() / 1000) < Integer.MAX_VALUE;
    long idleMs = countable ? idle.toMillis() : idle.isNegative() ? -1 : Long.MAX_VALUE;
    return resizeTo(new JsonObject().put("min", min).put("max", max).put("idleMs", idleMs));
  }

  /**
   * Replaces all workers by ones that import the adapter anew, each once its successor is ready: no
   * call fails of it. Code that cannot be started is given up, and the workers at hand go on.
   */
  public Future<PoolInfo> roll() {
    return pools.roll(name).map(PoolInfo::fromJson);
  }

  /**
   * Replaces one worker by a fresh one, after the calls it has. Fails with {@code
   * WORKER_NOT_FOUND}.
   */
  public Future<Void> recycle(String worker) {
    return worker == null ? noWorker() : pools.recycle(name, worker);
  }

  /** Kills one worker now; it is replaced. Fails with {@code WORKER_NOT_FOUND}. */
  public Future<Void> kill(String worker) {
    return worker == null ? noWorker() : pools.kill(name, worker);
  }

  private static Future<Void> noWorker() {
    return Future.failedFuture(
        new SnakepitException(
            ErrorCode.INVALID_REQUEST, "worker must be the id of a worker: got null"));
  }

  private Future<PoolInfo> resizeTo(Object size) {
    return pools.resize(name, new JsonObject().put("size", size)).map(PoolInfo::fromJson);
  }
}
