package io.snakepit.worker;

import io.snakepit.api.HostTools;
import io.snakepit.bridge.WorkerAcceptor;
import io.snakepit.bus.RecordKind;
import io.snakepit.process.KeeperOrders;
import io.snakepit.process.ProcessTable;
import io.snakepit.process.Signals;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The place in which a pool's workers live: its keeper process, the acceptor at which they attach,
 * and their names. No worker outlives it. The name is structured concurrency's, as in Trio.
 *
 * <p>If the keeper ends unasked, all workers have ended with it, and a new one is started for those
 * that are to come. For the pool's event loop alone.
 */
public final class Nursery {
  /** The time that a worker which lost its link may take to be gone by itself. */
  static final long LINK_GRACE_MS = 500;

  private static final Logger LOG = LoggerFactory.getLogger(Nursery.class);
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int TOKEN_BYTES = 16;

  private final Vertx vertx;
  private final NurserySettings settings;
  private final NurseryListener notices;
  private final KeeperSource keepers;
  private final WorkerAcceptor acceptor;
  private final RegistryClient registry;
  private final Map<String, Worker> workers = new LinkedHashMap<>();
  private final Map<String, String> tokens = new LinkedHashMap<>();
  private final Deque<Worker> waiting = new ArrayDeque<>();
  private final WorkerHome home = new Home();
  private PoolWatchdog watchdog;
  private @Nullable KeeperOrders keeper;

  /** The last start of a keeper; done, whatever has come of it, when nothing of it is to come. */
  private Future<Void> startUp = Future.succeededFuture();

  private boolean starting;
  private boolean closed;

  /** Set while workers are not to be forked, though that is configured. A new keeper must know. */
  private boolean afresh;

  private Nursery(
      Vertx vertx,
      NurserySettings settings,
      NurseryListener notices,
      KeeperSource keepers,
      WorkerAcceptor acceptor) {
    this.vertx = vertx;
    this.settings = settings;
    this.notices = notices;
    this.keepers = keepers;
    this.acceptor = acceptor;
    this.registry = new RegistryClient(vertx, settings.run().id(), settings.pool());
    this.watchdog = PoolWatchdog.none(registry);
  }

  /**
   * Checks the interpreter, opens the acceptor and starts the keeper. Leaves nothing behind if it
   * fails.
   *
   * @return fails with an exception whose message is for people
   */
  public static Future<Nursery> open(
      Vertx vertx, NurserySettings settings, NurseryListener notices) {
    return KeeperStarter.prepare(vertx, settings)
        .compose(keepers -> open(vertx, settings, notices, keepers));
  }

  /** Does as {@link #open(Vertx, NurserySettings, NurseryListener)}, with keepers from there. */
  static Future<Nursery> open(
      Vertx vertx, NurserySettings settings, NurseryListener notices, KeeperSource keepers) {
    return WorkerAcceptor.open(
            vertx, keepers.workerSocket(), new WorkerAcceptor.FrameLimits(settings.maxBodyBytes()))
        .map(acceptor -> new Nursery(vertx, settings, notices, keepers, acceptor))
        .compose(Nursery::startFirstKeeper);
  }

  private Future<Nursery> startFirstKeeper() {
    return PoolWatchdog.start(vertx, settings, registry)
        .compose(
            started -> {
              watchdog = started;
              return startKeeper();
            })
        .map(this)
        .recover(failure -> close().transform(closed -> Future.failedFuture(failure)));
  }

  private Future<Void> startKeeper() {
    starting = true;
    KeeperReports reports = new KeeperReports(pool(), workers::get, notices, this::keeperGone);
    startUp =
        registry
            .reserve(keeperName(), RecordKind.KEEPER)
            .compose(reserved -> keepers.start(vertx, reports))
            .onComplete(done -> starting = false)
            .compose(this::keeperStarted);
    return startUp;
  }

  private Future<Void> keeperStarted(KeeperOrders started) {
    keeper = started;
    registry.activate(keeperName(), started.pid(), 0);
    if (closed) {
      return started.stop();
    }
    if (afresh) {
      started.spawnAfresh();
    }
    List<Worker> next = List.copyOf(waiting);
    waiting.clear();
    next.forEach(worker -> order(started, worker));
    return Future.succeededFuture();
  }

  /** Returns the keeper's name on record: no worker has one like it. */
  private String keeperName() {
    return pool() + ".keeper";
  }

  public String pool() {
    return settings.pool();
  }

  /** Makes a worker of that name and starts it. The listener hears of its end in any case. */
  public Worker spawn(String id, WorkerListener listener) {
    Worker worker = new Worker(id, vertx, home, listener);
    workers.put(id, worker);
    registry
        .reserve(id, RecordKind.WORKER)
        .onSuccess(reserved -> orderOrWait(worker))
        .onFailure(failure -> worker.gone("can't be put on record: " + failure.getMessage()));
    return worker;
  }

  private void orderOrWait(Worker worker) {
    if (workers.get(worker.id()) != worker) {
      return; // it has ended while it was put on record
    }
    if (keeper != null) {
      order(keeper, worker);
    } else {
      waiting.add(worker);
      restartKeeper();
    }
  }

  private void order(KeeperOrders current, Worker worker) {
    byte[] secret = new byte[TOKEN_BYTES];
    RANDOM.nextBytes(secret);
    String token = HexFormat.of().formatHex(secret);
    tokens.put(worker.id(), token);
    acceptor.expect(token, worker.id(), worker.linkListener());
    worker.ordered(settings.options().startup().timeoutMs());
    current.startWorker(worker.id(), token);
  }

  private void keeperGone(String why) {
    keeper = null;
    registry.release(keeperName());
    // One crash, whoever it takes along: else it would open the circuit of a large pool.
    String how = "ended with its keeper: " + why;
    List<Worker> all = List.copyOf(workers.values());
    all.stream().limit(1).forEach(worker -> worker.goneWithKeeper(how));
    all.stream().skip(1).forEach(worker -> worker.goneAlong(how));
  }

  private void restartKeeper() {
    if (starting || closed) {
      return;
    }
    startKeeper().onFailure(this::keeperNotStarted);
  }

  private void keeperNotStarted(Throwable failure) {
    LOG.error("pool {}: its keeper can't be started", pool(), failure);
    waiting.clear();
    endAll("its keeper could not be started: " + failure.getMessage());
  }

  /** Gives the keeper an order, if there is one; the workers of one that is gone are gone, too. */
  private void tellKeeper(Consumer<KeeperOrders> order) {
    if (keeper != null) {
      order.accept(keeper);
    }
  }

  /**
   * Has workers that are spawned from now on import the adapter anew; forked, if that is configured
   * and safe.
   */
  public void importAnew() {
    afresh = false;
    tellKeeper(KeeperOrders::roll);
  }

  /** Has workers that are spawned from now on be fresh interpreters, until {@link #importAnew}. */
  public void spawnAfresh() {
    afresh = true;
    tellKeeper(KeeperOrders::spawnAfresh);
  }

  /** The nursery as its workers see it. */
  private final class Home implements WorkerHome {
    @Override
    public String pool() {
      return settings.pool();
    }

    @Override
    public HostTools hostTools() {
      return settings.hostTools();
    }

    @Override
    public void activated(Worker worker) {
      registry.activate(worker.id(), worker.pid(), worker.startTicks());
    }

    @Override
    public void dump(Worker worker) {
      tellKeeper(current -> current.dump(worker.id()));
    }

    @Override
    public void interrupt(Worker worker) {
      tellKeeper(current -> current.interrupt(worker.id()));
    }

    @Override
    public void signal(Worker worker, int signal) {
      tellKeeper(current -> current.kill(worker.id(), signal));
    }

    @Override
    public void killDirectly(Worker worker) {
      LOG.warn("worker {}: its end is not reported; killing pid {} directly", worker, worker.pid());
      vertx.executeBlocking(
          () -> Signals.killGroupOf(ProcessTable.system(), worker.pid(), worker.startTicks()),
          false);
    }

    @Override
    public void replaceKeeper(Worker worker) {
      LOG.error("pool {}: its keeper does not report the end of {}: replacing it", pool(), worker);
      tellKeeper(current -> current.abandon("did not report the end of " + worker.id()));
    }

    @Override
    public void forget(Worker worker) {
      workers.remove(worker.id());
      waiting.remove(worker);
      registry.release(worker.id());
      String token = tokens.remove(worker.id());
      if (token != null) {
        acceptor.forget(token);
      }
    }
  }

  private void endAll(String how) {
    List.copyOf(workers.values()).forEach(worker -> worker.gone(how));
  }

  /**
   * Ends every worker that is left, the keeper and the acceptor; removes the sockets. A keeper that
   * is being started is awaited, and then ended: given up, it would stay.
   */
  public Future<Void> close() {
    closed = true;
    return startUp.transform(settled -> end());
  }

  private Future<Void> end() {
    KeeperOrders current = keeper;
    keeper = null;
    Future<Void> stopped = current == null ? Future.succeededFuture() : current.stop();
    return stopped.transform(
        done -> {
          endAll("ended with its pool");
          return registry
              .release(keeperName())
              .compose(released -> watchdog.stop())
              .compose(unwatched -> acceptor.close())
              .eventually(() -> keepers.cleanUp(vertx));
        });
  }
}
