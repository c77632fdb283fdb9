package io.snakepit;

import io.snakepit.api.Call;
import io.snakepit.api.CallExecutor;
import io.snakepit.api.ChunkStream;
import io.snakepit.api.HostTool;
import io.snakepit.api.Result;
import io.snakepit.api.SnakepitException;
import io.snakepit.api.waiting.ByteAccount;
import io.snakepit.config.SnakepitOptions;
import io.snakepit.host.Host;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import org.jspecify.annotations.Nullable;

/**
 * Runs Python code as if it were local and reliable: the front door for Java.
 *
 * <pre>{@code
 * Snakepit.create(vertx, SnakepitOptions.load(Path.of("conf/snakepit.yaml")))
 *     .start()
 *     .compose(s -> s.execute(Call.of("add").with("a", 1).with("b", 2)))
 *     .onSuccess(result -> System.out.println(result.json()));
 * }</pre>
 *
 * <p>One Vert.x has room for one. Any thread may call any method. Futures complete on the caller's
 * context.
 */
public final class Snakepit implements CallExecutor {
  private final Host host;

  private Snakepit(Host host) {
    this.host = host;
  }

  /** Prepares an instance; nothing runs until {@link #start}. */
  public static Snakepit create(Vertx vertx, SnakepitOptions options) {
    return new Snakepit(new Host(given(vertx, "vertx"), given(options, "options")));
  }

  /**
   * Takes the ports, starts the pools, and completes with this once every required pool is ready.
   * If anything fails, all that was started is stopped again before the future fails, with an
   * exception whose message is for people. Once per instance, and refused while another instance
   * runs in the same Vert.x.
   */
  public Future<Snakepit> start() {
    return host.start().map(this);
  }

  /**
   * Stops everything: calls that are queued or running have {@code shutdown.drainMs} to finish, new
   * ones are refused. Completes when no process, socket or file of this run is left. Stopping again
   * waits for the same end. Closing the Vert.x that it runs on stops it, too.
   */
  public Future<Void> stop() {
    return host.stop();
  }

  /** Returns whether {@link #stop} has begun. */
  public boolean isStopping() {
    return host.isStopping();
  }

  /** {@inheritDoc} Without a hop if called on the pool's event loop, else over the event bus. */
  @Override
  public Future<Result> execute(Call call) {
    return host.calls().execute(call);
  }

  /** {@inheritDoc} Without a hop if called on the pool's event loop. */
  @Override
  public ChunkStream stream(Call call) {
    return host.calls().stream(call);
  }

  @Override
  public boolean takesUpload(String pool, String tool) {
    return host.calls().takesUpload(pool, tool);
  }

  @Override
  public long streamHeadAfterMs(String pool) {
    return host.calls().streamHeadAfterMs(pool);
  }

  @Override
  public ByteAccount bodies(String pool) {
    return host.calls().bodies(pool);
  }

  @Override
  public Future<Boolean> cancel(String callId) {
    return host.calls().cancel(callId);
  }

  /**
   * Sets whether the JVM ends at once when it runs out of memory, as a server of its own should. If
   * not, which is the default, all pools end, their workers are killed, and calls answer {@code
   * INTERNAL} from then on; the application goes on, and should be started anew.
   */
  public Snakepit exitOnOutOfMemory(boolean yes) {
    host.outOfHeap().exits(yes);
    return this;
  }

  /**
   * Has a handler told, once, when the JVM has run out of memory and the pools have been ended. It
   * is called on whichever thread meets the error, and should need little memory itself.
   */
  public Snakepit onOutOfMemory(Handler<Throwable> handler) {
    host.outOfHeap().tell(given(handler, "handler")::handle);
    return this;
  }

  /** Offers a tool that running Python can call by {@code ctx.call_host}. */
  public Snakepit tool(String name, HostTool tool) {
    host.tools().add(name, tool);
    return this;
  }

  /** Returns the port that HTTP is served on, which is of interest with {@code http.port: 0}. */
  public int httpPort() {
    return host.httpPort();
  }

  /**
   * Returns the context of a pool: calls made on it need no change of thread. Only after {@link
   * #start}.
   *
   * @throws SnakepitException {@code POOL_NOT_FOUND}
   */
  public Context poolContext(String pool) {
    return host.directory().find(pool).context();
  }

  /**
   * Returns a pool, to be looked at and given orders. Only after {@link #start}.
   *
   * @param name empty means {@code default}, or else the only one
   * @throws SnakepitException {@code POOL_NOT_FOUND}, or {@code INVALID_REQUEST} if a name is
   *     needed
   */
  public Pool pool(String name) {
    return new Pool(host.directory().find(name).pool(), host.pools());
  }

  /** Returns the options that this instance was created with. */
  public SnakepitOptions options() {
    return host.options();
  }

  static <T> T given(@Nullable T value, String what) {
    if (value == null) {
      throw new IllegalArgumentException(what + " must be given: got null");
    }
    return value;
  }

  /** Returns the host behind this door, for tests that break parts of it. */
  Host host() {
    return host;
  }
}
