package io.snakepit.host;

import io.snakepit.api.CallExecutor;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.HostJson;
import io.snakepit.api.HostTools;
import io.snakepit.api.SnakepitException;
import io.snakepit.bus.Codecs;
import io.snakepit.bus.PoolClient;
import io.snakepit.bus.PoolNames;
import io.snakepit.config.PoolOptions;
import io.snakepit.config.SnakepitOptions;
import io.snakepit.heartbeat.HeartbeatVerticle;
import io.snakepit.pool.PoolVerticle;
import io.snakepit.registry.RegistryVerticle;
import io.snakepit.vertx.CloseHook;
import io.snakepit.vertx.JsonLimits;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The lifecycle of one host: deploys registry, pools, doors and heartbeat, in this order, and takes
 * them down again. Any thread may call any method.
 */
public final class Host {
  /** The supervisor's name of the registry. */
  public static final String REGISTRY = "the registry";

  /** The supervisor's name of the heartbeat. */
  public static final String HEARTBEAT = "the heartbeat";

  /** The supervisor's name of the door for the event bus. */
  public static final String EVENT_BUS = "the event bus door";

  /** The supervisor's name of the door for HTTP. */
  public static final String HTTP = "the HTTP door";

  private static final String POOL = "pool ";

  private final Vertx vertx;
  private final SnakepitOptions options;
  private final HostTools tools = new HostTools();
  private final HostSlot slot;
  private final OutOfHeap outOfHeap;
  private final Supervisor supervisor;
  private final PoolNames names;
  private final PoolDirectory directory;
  private final PoolClient pools;
  private final WaitingBytes waiting;
  private final CallRouter calls;
  private final Doors doors;
  private volatile @Nullable RunLayout layout;
  private volatile Phase phase = Phase.NEW;
  private @Nullable Future<Void> stopped;

  /** The deployment, which a stop waits for: it could not undo what is still being done. */
  private Future<?> deploying = Future.succeededFuture();

  /** The hook without which a closing Vert.x would look like a stranger who undeploys ours. */
  private final CloseHook closeHook;

  private enum Phase {
    NEW,
    STARTED,
    STOPPING
  }

  /** Prepares a host; nothing runs until {@link #start}. */
  public Host(Vertx vertx, SnakepitOptions options) {
    this.vertx = vertx;
    this.options = options;
    this.slot = new HostSlot(vertx);
    this.outOfHeap = new OutOfHeap(this::endPools);
    this.supervisor = new Supervisor(vertx, outOfHeap::stopsFor);
    this.closeHook = CloseHook.of(vertx, this::stop);
    this.names = new PoolNames(options.pools().keySet());
    this.directory = new PoolDirectory(names);
    this.pools = new PoolClient(vertx.eventBus(), this::isStopping);
    this.waiting = new WaitingBytes(options, Runtime.getRuntime().maxMemory());
    this.calls = new CallRouter(vertx, names, directory, pools, this::refusal, waiting);
    this.doors = new Doors(options, supervisor, names, calls, pools);
  }

  /** Returns the router that runs calls on the pools. */
  public CallExecutor calls() {
    return calls;
  }

  /** Returns the client that asks the pools. */
  public PoolClient pools() {
    return pools;
  }

  /** Returns the table of the pools' verticles. */
  public PoolDirectory directory() {
    return directory;
  }

  /** Returns the supervisor that keeps the verticles of this host deployed. */
  public Supervisor supervisor() {
    return supervisor;
  }

  /** Returns the tools of the host that Python can call. */
  public HostTools tools() {
    return tools;
  }

  /** Returns what the host is configured with. */
  public SnakepitOptions options() {
    return options;
  }

  /** Returns what is done when the JVM has run out of memory. */
  public OutOfHeap outOfHeap() {
    return outOfHeap;
  }

  /** Returns why the host takes no calls now; null if it does. */
  private @Nullable SnakepitException refusal() {
    return isStopping()
        ? new SnakepitException(ErrorCode.SHUTTING_DOWN, "the host is stopping")
        : outOfHeap.refusal();
  }

  /** Ends all pools at once and for good: their callers are told, their workers are killed. */
  private void endPools() {
    for (PoolVerticle pool : directory.all()) {
      pool.abandon("the host has run out of memory");
      supervisor.stop(POOL + pool.pool());
    }
  }

  /** Returns whether {@link #stop} has begun. */
  public boolean isStopping() {
    return phase == Phase.STOPPING;
  }

  /**
   * Returns the port that HTTP is served on.
   *
   * @throws IllegalStateException if it is not served
   */
  public int httpPort() {
    return doors.httpPort();
  }

  /**
   * Takes the ports, starts the pools, and completes once every required pool is ready. If anything
   * fails, all that was started is stopped again before the future fails. Once per host; refused
   * while another host runs in the same Vert.x.
   */
  public synchronized Future<Void> start() {
    if (phase != Phase.NEW) {
      return Future.failedFuture(new IllegalStateException("an instance starts once"));
    }
    try {
      slot.take();
    } catch (IllegalStateException another) {
      return Future.failedFuture(another);
    }
    phase = Phase.STARTED;
    closeHook.add();
    Codecs.register(vertx.eventBus());
    JsonLimits.widen(HostJson.MAX_DIGITS, messageBytes());
    deploying = vertx.executeBlocking(() -> RunLayout.prepare(options)).compose(this::deploy);
    return deploying
        .compose(deployed -> begin())
        .<Void>mapEmpty()
        .recover(failure -> stop().transform(end -> Future.failedFuture(failure)));
  }

  /** Returns how long a text of a message between members may be: a body's bytes as base64. */
  private int messageBytes() {
    return (int) Math.min(Integer.MAX_VALUE, 2 * options.http().maxBodyBytes());
  }

  private Future<?> begin() {
    return isStopping()
        ? Future.failedFuture(new IllegalStateException("it was stopped while it started"))
        : Future.all(directory.all().stream().map(PoolVerticle::begin).toList());
  }

  private Future<?> deploy(RunLayout prepared) {
    layout = prepared;
    return supervisor
        .deploy(
            REGISTRY, new Supervisor.Kind(prepared::registry, RegistryVerticle.DEPLOYMENT, true))
        .compose(swept -> Future.all(names.all().stream().map(this::deployPool).toList()))
        .compose(deployed -> doors.open(directory.find(names.home()).context()))
        .compose(
            open -> supervisor.deploy(HEARTBEAT, Supervisor.Kind.onItsOwn(this::makeHeartbeat)));
  }

  /** Deploys a pool, on whose event loop others run as well: a fault there need not be its own. */
  private Future<Void> deployPool(String name) {
    return supervisor.deploy(
        POOL + name, new Supervisor.Kind(() -> makePool(name), new DeploymentOptions(), false));
  }

  private PoolVerticle makePool(String name) {
    RunLayout prepared = Objects.requireNonNull(layout);
    PoolOptions pool = Objects.requireNonNull(options.pools().get(name));
    PoolVerticle made =
        new PoolVerticle(
            prepared.nursery(name, pool, options, tools),
            waiting.answers(name),
            directory.has(name),
            why -> supervisor.crashed(POOL + name, why));
    directory.put(made);
    return made;
  }

  private HeartbeatVerticle makeHeartbeat() {
    Map<String, PoolOptions.Heartbeat> watched = new LinkedHashMap<>();
    options.pools().forEach((name, pool) -> watched.put(name, pool.heartbeat()));
    return new HeartbeatVerticle(watched, pools);
  }

  /**
   * Stops everything: calls that are queued or running have {@code shutdown.drainMs} to finish, new
   * ones are refused. Completes when no process, socket or file of this run is left. Stopping again
   * waits for the same end.
   */
  public synchronized Future<Void> stop() {
    Future<Void> begun = stopped;
    if (begun == null) {
      phase = Phase.STOPPING;
      begun = stopAll().onComplete(done -> leave());
      stopped = begun;
    }
    return begun;
  }

  private void leave() {
    closeHook.remove();
    slot.free();
  }

  /** Stops in order: pools drain while the doors are open to say so; what they need goes last. */
  private Future<Void> stopAll() {
    return deploying
        .transform(settled -> stopPools())
        .transform(drained -> doors.close())
        .transform(closed -> supervisor.stop(HEARTBEAT))
        .transform(silent -> supervisor.stop(REGISTRY))
        .transform(forgotten -> removeDirectories());
  }

  private Future<Void> stopPools() {
    return Future.join(names.all().stream().map(name -> supervisor.stop(POOL + name)).toList())
        .mapEmpty();
  }

  private Future<Void> removeDirectories() {
    RunLayout made = layout;
    if (made == null) {
      return Future.succeededFuture();
    }
    return vertx.executeBlocking(
        () -> {
          made.remove();
          return null;
        });
  }
}
