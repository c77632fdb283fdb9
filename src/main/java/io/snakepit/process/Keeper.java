package io.snakepit.process;

import io.vertx.core.Future;
import io.vertx.core.Vertx;

/**
 * A pool's keeper: the small Python process that stands between the host and its workers. It starts
 * and kills them on our orders, and kills them all when this JVM is gone, for it holds the end of a
 * pipe that the JVM alone holds the other end of.
 *
 * <p>All methods are for the context that has started the keeper, and so are all calls of its
 * listener. Orders given to a keeper that is gone are ignored: its end is told.
 */
public final class Keeper {
  private final long pid;
  private final String python;

  Keeper(long pid, String python) {
    this.pid = pid;
    this.python = python;
  }

  /**
   * Starts a keeper. Call it on an event loop; what blocks is done elsewhere.
   *
   * @return fails with a {@link KeeperException} if the process can't be started, ends, or does not
   *     report in time; then nothing is left of it
   */
  public static Future<Keeper> start(Vertx vertx, KeeperOptions options, KeeperListener listener) {
    return Future.failedFuture("no keeper for " + options + vertx + listener);
  }

  /** Its process. */
  public long pid() {
    return pid;
  }

  /** Version of its interpreter, such as {@code 3.11.7}. */
  public String python() {
    return python;
  }

  /**
   * Orders a worker. Answered by exactly one {@code started} or {@code startFailed}.
   *
   * @param worker an id never used before
   * @param token that the worker shall show at the pool's door
   */
  public void startWorker(String worker, String token) {}

  /**
   * Orders a signal to the worker's process group.
   *
   * @param signal {@link Signals#TERM}, or {@link Signals#KILL}, which reaches all of its
   *     descendants too
   */
  public void kill(String worker, int signal) {}

  /** Workers ordered from now on import their adapter anew. */
  public void roll() {}

  /**
   * Kills all workers and ends the keeper. May be called again, with the same answer.
   *
   * @return completes when nothing of it is left
   */
  public Future<Void> stop() {
    return Future.succeededFuture();
  }
}
