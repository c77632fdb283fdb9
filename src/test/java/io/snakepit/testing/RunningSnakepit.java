package io.snakepit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.Snakepit;
import io.snakepit.api.Call;
import io.snakepit.api.Result;
import io.snakepit.api.SnakepitException;
import io.snakepit.config.SnakepitOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A whole system in this JVM, with real workers, in a directory of its own. Close it. */
public final class RunningSnakepit implements AutoCloseable {
  private static final long DEADLINE_S = 60;

  private final Vertx vertx;
  private final Snakepit snakepit;

  private RunningSnakepit(Vertx vertx, Snakepit snakepit) {
    this.vertx = vertx;
    this.snakepit = snakepit;
  }

  /**
   * Starts one pool, {@code default}, whose adapter lies in {@code directory}.
   *
   * @param pool further keys of the pool
   */
  public static RunningSnakepit start(Path directory, String adapter, JsonObject pool) {
    JsonObject keys =
        new JsonObject()
            .put("adapter", adapter)
            .put("python", TestPython.executable().toString())
            .put("pythonPath", new JsonArray().add(directory.toString()))
            .put("size", 1)
            .mergeIn(pool);
    return start(directory, new JsonObject().put("pools", new JsonObject().put("default", keys)));
  }

  /**
   * Starts a system with a whole configuration, on a free port and with its data below {@code
   * directory}.
   */
  public static RunningSnakepit start(Path directory, JsonObject configuration) {
    return start(newVertx(), directory, configuration);
  }

  /** Makes a Vert.x for {@code start}, for a test that wants to listen before. */
  public static Vertx newVertx() {
    return Vertx.builder().with(new VertxOptions().setPreferNativeTransport(true)).build();
  }

  /** Starts a system on an existing Vert.x, which is closed with it. */
  public static RunningSnakepit start(Vertx vertx, Path directory, JsonObject configuration) {
    Snakepit snakepit = Snakepit.create(vertx, options(directory, configuration));
    try {
      await(snakepit.start());
      return new RunningSnakepit(vertx, snakepit);
    } catch (RuntimeException e) {
      try {
        assertRolledBack(vertx, directory);
      } finally {
        await(vertx.close());
      }
      throw e;
    }
  }

  /**
   * Checks that nothing is left, before Vert.x is closed, which stops what a failed start may have
   * forgotten.
   */
  private static void assertRolledBack(Vertx vertx, Path directory) {
    assertThat(vertx.deploymentIDs()).isEmpty();
    Leftovers.assertNone(directory);
  }

  /** Returns the options that {@link #start} uses. */
  public static SnakepitOptions options(Path directory, JsonObject configuration) {
    JsonObject whole =
        new JsonObject()
            .put("dataDir", directory.resolve("data").toString())
            .put("http", new JsonObject().put("port", 0))
            .mergeIn(configuration, true);
    return SnakepitOptions.fromJson(whole);
  }

  public Snakepit snakepit() {
    return snakepit;
  }

  public Vertx vertx() {
    return vertx;
  }

  /** Calls a tool and waits for its result as JSON. */
  public Object call(Call call) {
    return await(snakepit.execute(call).map(Result::json));
  }

  /** Calls a tool that must fail, and returns its failure. */
  public SnakepitException failure(Call call) {
    try {
      Object result = call(call);
      throw new AssertionError(call + " should have failed: got " + result);
    } catch (FailedException e) {
      return (SnakepitException) e.getCause();
    }
  }

  /** Asks an address of the bus that answers an object. */
  public JsonObject ask(String address, JsonObject body) {
    return await(vertx.eventBus().<JsonObject>request(address, body)).body();
  }

  /** Asks an address of the bus that answers an array. */
  public JsonArray askAll(String address, JsonObject body) {
    return await(vertx.eventBus().<JsonArray>request(address, body)).body();
  }

  @Override
  public void close() {
    await(snakepit.stop());
    await(vertx.close());
  }

  /** The failure of a future, thrown on the thread that waited for it. */
  public static final class FailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    FailedException(Throwable cause) {
      super(cause);
    }
  }

  /** Waits for a future, not on an event loop. */
  public static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(DEADLINE_S, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new FailedException(e.getCause());
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError("no answer within " + DEADLINE_S + " s", e);
    }
  }
}
