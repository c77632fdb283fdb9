package io.snakepit;

import io.snakepit.api.Call;
import io.snakepit.api.CallExecutor;
import io.snakepit.api.ChunkStream;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.HostTool;
import io.snakepit.api.HostTools;
import io.snakepit.api.Result;
import io.snakepit.api.SnakepitException;
import io.snakepit.bus.Addresses;
import io.snakepit.bus.BusFailures;
import io.snakepit.bus.Codecs;
import io.snakepit.config.HttpOptions;
import io.snakepit.config.PoolOptions;
import io.snakepit.config.SnakepitOptions;
import io.snakepit.eventbus.EventBusVerticle;
import io.snakepit.heartbeat.HeartbeatVerticle;
import io.snakepit.host.PoolDirectory;
import io.snakepit.host.RunLayout;
import io.snakepit.host.Supervisor;
import io.snakepit.http.HttpVerticle;
import io.snakepit.pool.CallStream;
import io.snakepit.pool.PoolVerticle;
import io.snakepit.registry.RegistryVerticle;
import io.vertx.core.Closeable;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

  // The supervisor's names of its children; a pool's own follows the word.
  static final String REGISTRY = "the registry";
  static final String HEARTBEAT = "the heartbeat";
  static final String HTTP = "the HTTP door";
  static final String POOL = "pool ";

  private static final DeliveryOptions LOCAL = new DeliveryOptions().setLocalOnly(true);

  private final Vertx vertx;
  private final SnakepitOptions options;
  private final HostTools hostTools = new HostTools();
  private final Supervisor supervisor;
  private volatile PoolDirectory pools = PoolDirectory.EMPTY;
  private volatile @Nullable RunLayout directories;
  private volatile @Nullable EventBusVerticle bus;
  private volatile @Nullable HttpVerticle http;
  private volatile Phase phase = Phase.NEW;
  private @Nullable Future<Void> stopped;

  /** Everything deployed, which a stop waits for: it could not undo what is still being done. */
  private Future<?> deploying = Future.succeededFuture();

  /** Without it, a Vert.x that is closed would look like a stranger who undeploys all of ours. */
  private final Closeable closeHook = completion -> stop().onComplete(completion);

  private enum Phase {
    NEW,
    STARTED,
    STOPPING
  }

  private Snakepit(Vertx vertx, SnakepitOptions options) {
    this.vertx = vertx;
    this.options = options;
    this.supervisor = new Supervisor(vertx);
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
  public synchronized Future<Snakepit> start() {
    if (phase != Phase.NEW) {
      return Future.failedFuture(new IllegalStateException("an instance starts once"));
    }
    phase = Phase.STARTED;
    ((VertxInternal) vertx).addCloseHook(closeHook);
    Codecs.register(vertx.eventBus());
    deploying = vertx.executeBlocking(() -> RunLayout.prepare(options)).compose(this::deploy);
    return deploying
        .compose(deployed -> begin())
        .map(this)
        .recover(failure -> stop().transform(stopped -> Future.failedFuture(failure)));
  }

  private Future<?> begin() {
    return isStopping()
        ? Future.failedFuture(new IllegalStateException("it was stopped while it started"))
        : Future.all(pools.all().stream().map(PoolVerticle::begin).toList());
  }

  private Future<?> deploy(RunLayout prepared) {
    directories = prepared;
    pools = new PoolDirectory(options.pools().keySet());
    return supervisor
        .deploy(
            REGISTRY, new Supervisor.Kind(prepared::registry, RegistryVerticle.DEPLOYMENT, true))
        .compose(swept -> Future.all(pools.names().stream().map(this::deployPool).toList()))
        .compose(deployed -> openDoors())
        .compose(open -> supervisor.deploy(HEARTBEAT, heartbeat()));
  }

  /** Whoever uses a pool may run on its event loop: a fault there need not be the pool's own. */
  private Future<Void> deployPool(String name) {
    return supervisor.deploy(
        POOL + name, new Supervisor.Kind(() -> makePool(name), new DeploymentOptions(), false));
  }

  private PoolVerticle makePool(String name) {
    RunLayout prepared = Objects.requireNonNull(directories);
    PoolOptions pool = Objects.requireNonNull(options.pools().get(name));
    boolean replaces = pools.all().stream().anyMatch(each -> each.pool().equals(name));
    PoolVerticle made =
        new PoolVerticle(
            prepared.nursery(name, pool, options, hostTools),
            replaces,
            why -> supervisor.crashed(POOL + name, why));
    pools.put(made);
    return made;
  }

  private Supervisor.Kind heartbeat() {
    Map<String, PoolOptions.Heartbeat> watched = new LinkedHashMap<>();
    options.pools().forEach((name, pool) -> watched.put(name, pool.heartbeat()));
    return new Supervisor.Kind(() -> new HeartbeatVerticle(watched), new DeploymentOptions(), true);
  }

  /** The doors share the first pool's event loop, so that its calls need no change of thread. */
  private Future<?> openDoors() {
    Context home = pools.home().context();
    EventBusVerticle door = new EventBusVerticle(vertx, pools, this);
    bus = door;
    beside(home).runOnContext(ready -> door.open());
    if (!options.http().enabled()) {
      return Future.succeededFuture();
    }
    warnIfOpenToOthers(options.http());
    return supervisor.deploy(
        HTTP, new Supervisor.Kind(() -> makeHttp(home), new DeploymentOptions(), true));
  }

  /** A context of the same event loop that does not end with the verticle whose that one is. */
  private Context beside(Context neighbour) {
    return ((VertxInternal) vertx)
        .contextBuilder()
        .withEventLoop(((ContextInternal) neighbour).nettyEventLoop())
        .build();
  }

  /** One that takes another's place listens where that has, also if the port was any free one. */
  private HttpVerticle makeHttp(Context home) {
    HttpVerticle former = http;
    int port = former == null ? options.http().port() : former.actualPort();
    HttpVerticle made = new HttpVerticle(options.http().withPort(port), this, home);
    http = made;
    return made;
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
   * waits for the same end. Closing the Vert.x that it runs on stops it, too.
   */
  public synchronized Future<Void> stop() {
    Future<Void> begun = stopped;
    if (begun == null) {
      phase = Phase.STOPPING;
      begun = stopAll().onComplete(done -> ((VertxInternal) vertx).removeCloseHook(closeHook));
      stopped = begun;
    }
    return begun;
  }

  /** In order: pools drain while the doors are open to say so; what they need goes last. */
  private Future<Void> stopAll() {
    return deploying
        .transform(
            settled ->
                Future.join(
                    pools.names().stream().map(name -> supervisor.stop(POOL + name)).toList()))
        .transform(drained -> closeDoors())
        .transform(closed -> supervisor.stop(HEARTBEAT))
        .transform(silent -> supervisor.stop(REGISTRY))
        .transform(forgotten -> removeDirectories());
  }

  private Future<Void> closeDoors() {
    EventBusVerticle door = bus;
    Future<Void> closed = door == null ? Future.succeededFuture() : door.close();
    return closed.transform(done -> supervisor.stop(HTTP));
  }

  private Future<Void> removeDirectories() {
    RunLayout made = directories;
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
    if (isStopping()) {
      return Future.failedFuture(named(call, stopping()));
    }
    PoolVerticle pool;
    try {
      pool = pools.find(call.pool());
    } catch (SnakepitException e) {
      return Future.failedFuture(named(call, e));
    }
    return pool.isHere() ? pool.execute(call) : send(pool, call);
  }

  /** {@inheritDoc} Without a hop if called on the pool's event loop. */
  @Override
  public ChunkStream stream(Call call) {
    ContextInternal consumer = ((VertxInternal) vertx).getOrCreateContext();
    if (isStopping()) {
      return CallStream.failed(consumer, named(call, stopping()));
    }
    try {
      return pools.find(call.pool()).stream(call, consumer);
    } catch (SnakepitException e) {
      return CallStream.failed(consumer, named(call, e));
    }
  }

  @Override
  public boolean takesUpload(String pool, String tool) {
    try {
      return pools.find(pool).takesUpload(tool);
    } catch (SnakepitException noSuchPool) {
      return false;
    }
  }

  /** {@inheritDoc} Asks every pool: a call's id does not tell which it is in. */
  @Override
  public Future<Boolean> cancel(String callId) {
    List<Future<Boolean>> answers =
        pools.names().stream().map(pool -> cancelOn(pool, callId)).toList();
    return Future.all(answers).map(all -> all.<Boolean>list().contains(true));
  }

  private Future<Boolean> cancelOn(String pool, String callId) {
    return vertx
        .eventBus()
        .<Boolean>request(Addresses.cancelOn(pool), callId, LOCAL)
        .map(Message::body)
        .otherwise(false);
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
        : BusFailures.explain(failure, pool, isStopping())
            .forCall(nullIfEmpty(call.id()), pool, nullIfEmpty(call.session()));
  }

  /** Whether {@link #stop} has begun. */
  public boolean isStopping() {
    return phase == Phase.STOPPING;
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

  /**
   * A pool, to be looked at and given orders. Only after {@link #start}.
   *
   * @param name empty means {@code default}, or else the only one
   * @throws SnakepitException {@code POOL_NOT_FOUND}, or {@code INVALID_REQUEST} if a name is
   *     needed
   */
  public Pool pool(String name) {
    return new Pool(vertx, pools.find(name).pool(), this::isStopping);
  }

  /** The verticle that a pool is at the moment. */
  PoolVerticle verticle(String pool) {
    return pools.find(pool);
  }

  /** Who keeps the verticles of this instance deployed. */
  Supervisor supervisor() {
    return supervisor;
  }

  /** Whatever this instance was given. */
  public SnakepitOptions options() {
    return options;
  }
}
