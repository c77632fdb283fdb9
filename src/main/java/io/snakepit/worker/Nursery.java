package io.snakepit.worker;

import io.snakepit.api.SnakepitException;
import io.snakepit.bridge.WorkerDoor;
import io.snakepit.bridge.WorkerLink;
import io.snakepit.bridge.v1.HostCall;
import io.snakepit.bridge.v1.HostResult;
import io.snakepit.process.Keeper;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a pool's workers live: its keeper process, the door they come in by, and their names. No
 * worker outlives it. The name is structured concurrency's, as in Trio.
 *
 * <p>If the keeper ends unasked, all workers have ended with it, and a new one is started for those
 * that are to come. For the pool's event loop alone.
 */
public final class Nursery {
  /** How long a worker that lost its link may take to be gone by itself. */
  static final long LINK_GRACE_MS = 500;

  private static final Logger LOG = LoggerFactory.getLogger(Nursery.class);
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int TOKEN_BYTES = 16;

  private final Vertx vertx;
  private final NurserySettings settings;
  private final NurseryListener notices;
  private final KeeperStarter keepers;
  private final WorkerDoor door;
  private final Map<String, Worker> workers = new LinkedHashMap<>();
  private final Map<String, String> tokens = new LinkedHashMap<>();
  private final Deque<Worker> waiting = new ArrayDeque<>();
  private @Nullable Keeper keeper;
  private boolean starting;
  private boolean closed;

  private Nursery(
      Vertx vertx,
      NurserySettings settings,
      NurseryListener notices,
      KeeperStarter keepers,
      WorkerDoor door) {
    this.vertx = vertx;
    this.settings = settings;
    this.notices = notices;
    this.keepers = keepers;
    this.door = door;
  }

  /**
   * Checks the interpreter, opens the door and starts the keeper. Leaves nothing behind if it
   * fails.
   *
   * @return fails with an exception whose message is for people
   */
  public static Future<Nursery> open(
      Vertx vertx, NurserySettings settings, NurseryListener notices) {
    return KeeperStarter.prepare(vertx, settings)
        .compose(
            keepers ->
                WorkerDoor.open(
                        vertx,
                        keepers.workerSocket(),
                        new WorkerDoor.FrameLimits(settings.maxBodyBytes()))
                    .map(door -> new Nursery(vertx, settings, notices, keepers, door)))
        .compose(Nursery::startFirstKeeper);
  }

  private Future<Nursery> startFirstKeeper() {
    return startKeeper()
        .map(this)
        .recover(failure -> close().transform(closed -> Future.failedFuture(failure)));
  }

  private Future<Void> startKeeper() {
    starting = true;
    return keepers
        .start(vertx, new KeeperReports(pool(), workers::get, notices, this::keeperGone))
        .onComplete(done -> starting = false)
        .compose(
            started -> {
              keeper = started;
              if (closed) {
                return started.stop();
              }
              waiting.forEach(this::order);
              waiting.clear();
              return Future.succeededFuture();
            });
  }

  public String pool() {
    return settings.pool();
  }

  /** Makes a worker of that name and starts it. {@code listener} hears of its end in any case. */
  public Worker spawn(String id, WorkerListener listener) {
    Worker worker = new Worker(id, vertx, this, listener);
    workers.put(id, worker);
    if (keeper != null) {
      order(worker);
    } else {
      waiting.add(worker);
      restartKeeper();
    }
    return worker;
  }

  private void order(Worker worker) {
    Keeper current = keeper;
    if (current == null || !workers.containsKey(worker.id())) {
      return;
    }
    byte[] secret = new byte[TOKEN_BYTES];
    RANDOM.nextBytes(secret);
    String token = HexFormat.of().formatHex(secret);
    tokens.put(worker.id(), token);
    door.expect(token, worker.id(), worker.linkListener());
    worker.ordered(settings.options().startup().timeoutMs());
    current.startWorker(worker.id(), token);
  }

  private void keeperGone(String why) {
    keeper = null;
    endAll("ended with its keeper, which " + why);
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

  void signal(Worker worker, int signal) {
    if (keeper != null) {
      keeper.kill(worker.id(), signal);
    }
  }

  void forget(Worker worker) {
    workers.remove(worker.id());
    waiting.remove(worker);
    String token = tokens.remove(worker.id());
    if (token != null) {
      door.forget(token);
    }
  }

  private void endAll(String how) {
    List.copyOf(workers.values()).forEach(worker -> worker.gone(how));
  }

  /** Ends every worker that is left, the keeper and the door; removes the sockets. */
  public Future<Void> close() {
    closed = true;
    Keeper current = keeper;
    keeper = null;
    Future<Void> stopped = current == null ? Future.succeededFuture() : current.stop();
    return stopped.transform(
        done -> {
          endAll("ended with its pool");
          return door.close().eventually(() -> keepers.cleanUp(vertx));
        });
  }

  /** A running tool calls the host: finds the tool, calls it, and sends the answer back. */
  void hostCall(HostCall call, Buffer arguments, @Nullable WorkerLink link) {
    if (link == null) {
      return;
    }
    callHost(call, arguments)
        .onComplete(
            value -> link.answer(HostResult.newBuilder().setId(call.getId()).build(), value),
            failure -> link.answer(refusal(call, failure), Buffer.buffer()));
  }

  private Future<Buffer> callHost(HostCall call, Buffer arguments) {
    try {
      JsonObject args = arguments.length() == 0 ? new JsonObject() : new JsonObject(arguments);
      return settings.hostTools().call(call.getTool(), args).map(Json::encodeToBuffer);
    } catch (DecodeException e) {
      return Future.failedFuture(e);
    }
  }

  private static HostResult refusal(HostCall call, Throwable failure) {
    String code = failure instanceof SnakepitException e ? e.code().name() : "INTERNAL";
    return HostResult.newBuilder()
        .setId(call.getId())
        .setCode(code)
        .setMessage(String.valueOf(failure.getMessage()))
        .build();
  }
}
