package io.snakepit;

import io.snakepit.api.Call;
import io.snakepit.api.CallExecutor;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.HostTool;
import io.snakepit.api.HostTools;
import io.snakepit.api.Result;
import io.snakepit.api.SnakepitException;
import io.snakepit.bus.Addresses;
import io.snakepit.bus.Codecs;
import io.snakepit.config.HttpOptions;
import io.snakepit.config.SnakepitOptions;
import io.snakepit.http.HttpVerticle;
import io.snakepit.pool.PoolVerticle;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
 * <p>Any thread may call any method. Futures complete on the caller's context.
 */
public final class Snakepit implements CallExecutor {
  private static final Logger LOG = LoggerFactory.getLogger(Snakepit.class);

  /** What a sender waits beyond a call's deadline before it takes the pool for gone. */
  private static final long SEND_GRACE_MS = 1_000;

  private final Vertx vertx;
  private final SnakepitOptions options;
  private final HostTools hostTools = new HostTools();
  private final List<String> deployments = Collections.synchronizedList(new ArrayList<>());
  private volatile PoolDirectory pools = PoolDirectory.EMPTY;
  private volatile @Nullable HostDirectories directories;
  private volatile @Nullable HttpVerticle http;
  private volatile Phase phase = Phase.NEW;

  private enum Phase {
    NEW,
    STARTED,
    STOPPING
  }

  private Snakepit(Vertx vertx, SnakepitOptions options) {
    this.vertx = vertx;
    this.options = options;
  }

  /** Prepares an instance; nothing runs until {@link #start}. */
  public static Snakepit create(Vertx vertx, SnakepitOptions options) {
    return new Snakepit(vertx, options);
  }

  /**
   * Takes the ports, starts the pools, and completes with this once every required pool is ready.
   * If anything fails, all that was started is stopped again before the future fails, with an
   * exception whose message is for people. Once per instance.
   */
  public Future<Snakepit> start() {
    if (phase != Phase.NEW) {
      return Future.failedFuture(new IllegalStateException("an instance starts once"));
    }
    phase = Phase.STARTED;
    Codecs.register(vertx.eventBus());
    return vertx
        .executeBlocking(() -> HostDirectories.prepare(options))
        .compose(this::deploy)
        .map(this)
        .recover(failure -> stop().transform(stopped -> Future.failedFuture(failure)));
  }

  private Future<?> deploy(HostDirectories prepared) {
    directories = prepared;
    List<PoolVerticle> verticles = new ArrayList<>();
    options
        .pools()
        .forEach(
            (name, pool) ->
                verticles.add(new PoolVerticle(prepared.nursery(name, pool, options, hostTools))));
    pools = new PoolDirectory(verticles);
    return Future.all(verticles.stream().map(this::deployPool).toList())
        .compose(deployed -> openDoors())
        .compose(open -> Future.all(verticles.stream().map(PoolVerticle::begin).toList()));
  }

  private Future<String> deployPool(PoolVerticle pool) {
    return vertx.deployVerticle(pool).onSuccess(deployments::add);
  }

  /** The doors share the first pool's event loop, so that its calls need no change of thread. */
  private Future<?> openDoors() {
    PoolVerticle home = pools.home();
    BusDoor bus = new BusDoor(vertx, pools, this);
    home.context().runOnContext(ready -> bus.open());
    if (!options.http().enabled()) {
      return Future.succeededFuture();
    }
    warnIfOpenToOthers(options.http());
    HttpVerticle door = new HttpVerticle(options.http(), this, home.context());
    http = door;
    return vertx.deployVerticle(door).onSuccess(deployments::add);
  }

  private static void warnIfOpenToOthers(HttpOptions http) {
    boolean local = Set.of("127.0.0.1", "localhost", "::1").contains(http.host());
    if (!local && http.apiKeys().isEmpty()) {
      LOG.warn(
          "http.host {} can be reached from other machines, and anyone who does can run code: set http.apiKeys",
          http.host());
    }
  }

  /**
   * Stops everything: calls that are queued or running have {@code shutdown.drainMs} to finish, new
   * ones are refused. Completes when no process, socket or file of this run is left. Stopping again
   * does nothing.
   */
  public Future<Void> stop() {
    if (phase == Phase.STOPPING) {
      return Future.succeededFuture();
    }
    phase = Phase.STOPPING;
    List<String> ids = List.copyOf(deployments);
    deployments.clear();
    // In order: pools drain while the doors are open to say so; a door closes after them.
    Future<Void> pooled =
        Future.join(ids.stream().limit(pools.size()).map(vertx::undeploy).toList()).mapEmpty();
    return pooled
        .transform(
            drained -> Future.join(ids.stream().skip(pools.size()).map(vertx::undeploy).toList()))
        .transform(closed -> removeDirectories());
  }

  private Future<Void> removeDirectories() {
    HostDirectories made = directories;
    if (made == null) {
      return Future.succeededFuture();
    }
    return vertx.executeBlocking(
        () -> {
          made.remove();
          return null;
        });
  }

  /** {@inheritDoc} Without a hop if called on the pool's event loop, else over the event bus. */
  @Override
  public Future<Result> execute(Call call) {
    if (phase == Phase.STOPPING) {
      return refused(call, new SnakepitException(ErrorCode.SHUTTING_DOWN, "the host is stopping"));
    }
    PoolVerticle pool;
    try {
      pool = pools.find(call.pool());
    } catch (SnakepitException e) {
      return refused(call, e);
    }
    return pool.isHere() ? pool.execute(call) : send(pool, call);
  }

  private static Future<Result> refused(Call call, SnakepitException why) {
    return Future.failedFuture(
        why.forCall(nullIfEmpty(call.id()), nullIfEmpty(call.pool()), nullIfEmpty(call.session())));
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
    if (failure instanceof SnakepitException known) {
      return known;
    }
    boolean gone =
        failure instanceof ReplyException e
            && e.failureType() == io.vertx.core.eventbus.ReplyFailure.NO_HANDLERS;
    return new SnakepitException(
            gone ? ErrorCode.SHUTTING_DOWN : ErrorCode.INTERNAL,
            gone
                ? "pool " + pool + " has stopped"
                : "pool " + pool + " did not answer: " + failure.getMessage())
        .forCall(nullIfEmpty(call.id()), pool, nullIfEmpty(call.session()));
  }

  private static @Nullable String nullIfEmpty(String text) {
    return text.isEmpty() ? null : text;
  }

  /** Offers a tool that running Python can call by {@code ctx.call_host}. */
  public Snakepit tool(String name, HostTool tool) {
    hostTools.add(name, tool);
    return this;
  }

  /** The port that HTTP is served on, which is of interest with {@code http.port: 0}. */
  public int httpPort() {
    HttpVerticle door = http;
    if (door == null) {
      throw new IllegalStateException("HTTP is not served: see http.enabled");
    }
    return door.actualPort();
  }

  /**
   * The context of a pool: calls made on it need no change of thread. Only after {@link #start}.
   *
   * @throws SnakepitException {@code POOL_NOT_FOUND}
   */
  public Context poolContext(String pool) {
    return pools.find(pool).context();
  }

  /** Whatever this instance was given. */
  public SnakepitOptions options() {
    return options;
  }
}
