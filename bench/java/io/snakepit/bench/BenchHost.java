package io.snakepit.bench;

import io.snakepit.Snakepit;
import io.snakepit.api.Call;
import io.snakepit.api.ChunkStream;
import io.snakepit.api.Result;
import io.snakepit.bus.Addresses;
import io.snakepit.config.SnakepitOptions;
import io.snakepit.vertx.Contexts;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;

/** A whole Snakepit in this JVM, with the showcase adapter and real workers. Close it. */
final class BenchHost implements AutoCloseable {
  /** One event loop for the pool and its doors, one for callers elsewhere. */
  private static final int LOOPS = 2;

  private final Vertx vertx;
  private final Snakepit snakepit;
  private final Duration startTime;

  private BenchHost(Vertx vertx, Snakepit snakepit) {
    this.vertx = vertx;
    this.snakepit = snakepit;
    long begin = System.nanoTime();
    Await.on(snakepit.start());
    this.startTime = Duration.ofNanos(System.nanoTime() - begin);
  }

  /** Starts one pool with workers of that number and start method. */
  static BenchHost start(Bed bed, int workers, String startMethod) {
    return start(configuration(bed, workers, startMethod));
  }

  /** Starts a host with that configuration. */
  static BenchHost start(JsonObject configuration) {
    Vertx vertx =
        Vertx.builder()
            .with(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(LOOPS))
            .build();
    try {
      BenchHost host =
          new BenchHost(vertx, Snakepit.create(vertx, SnakepitOptions.fromJson(configuration)));
      host.awaitPids();
      return host;
    } catch (RuntimeException e) {
      Await.on(vertx.close());
      throw e;
    }
  }

  /** Returns the configuration of one pool, on free ports, in a directory of its own. */
  static JsonObject configuration(Bed bed, int workers, String startMethod) {
    JsonObject mark = new JsonObject();
    bed.children().mark().forEach(mark::put);
    JsonObject pool =
        new JsonObject()
            .put("python", bed.python())
            .put("size", workers)
            .put("startMethod", startMethod)
            .put("env", mark)
            // Whoever kills a worker is to see it made good at once, however often.
            .put(
                "restart",
                new JsonObject().put("backoffMs", new JsonArray().add(0)).put("maxCrashes", 0));
    return new JsonObject()
        .put("dataDir", bed.fresh("host").toString())
        .put("http", new JsonObject().put("port", 0))
        .put("pools", new JsonObject().put("default", pool));
  }

  /** Returns the time from the call of {@code start} until every worker was ready. */
  Duration startTime() {
    return startTime;
  }

  Vertx vertx() {
    return vertx;
  }

  int httpPort() {
    return snakepit.httpPort();
  }

  /** Waits until all pids are known: a keeper's word may come after its worker's. */
  private void awaitPids() {
    while (pids().contains(0L)) {
      Pause.millis(1);
    }
  }

  /** Returns the workers' process ids. */
  List<Long> pids() {
    JsonArray workers =
        Await.on(vertx.eventBus().<JsonArray>request(Addresses.WORKERS, new JsonObject())).body();
    return workers.stream().map(each -> ((JsonObject) each).getLong("pid")).toList();
  }

  /** Calls {@code echo} once and waits for its answer. */
  void call() {
    Await.on(snakepit.execute(echo()));
  }

  /** Makes a call through the Java API. */
  Future<Result> execute(Call call) {
    return snakepit.execute(call);
  }

  /** Makes a call whose answer is a stream, to be read on the calling context. */
  ChunkStream stream(Call call) {
    return snakepit.stream(call);
  }

  /** Returns the context of the pool's own event loop. */
  Context poolLoop() {
    return snakepit.poolContext("default");
  }

  /** Cancels the call with that id. */
  void cancel(String call) {
    snakepit.cancel(call);
  }

  /** Repeats that call from the pool's own event loop. */
  LoadSource calling(Call call) {
    return Load.on(snakepit.poolContext("default"), () -> snakepit.execute(call));
  }

  /** Returns the number of workers that can take calls. */
  int ready() {
    JsonObject question = new JsonObject().put("pool", "default");
    return Await.on(vertx.eventBus().<JsonObject>request(Addresses.POOLS, question))
        .body()
        .getInteger("ready");
  }

  /** Makes a call whose answer nobody waits for. */
  void begin(Call call) {
    snakepit.execute(call);
  }

  /** Calls {@code echo} by the Java API, from the pool's own event loop. */
  LoadSource onPoolLoop() {
    Call call = echo();
    return Load.on(snakepit.poolContext("default"), () -> snakepit.execute(call));
  }

  /** Calls {@code echo} by the Java API, from another event loop. */
  LoadSource onOtherLoop() {
    Call call = echo();
    return Load.on(otherLoop(), () -> snakepit.execute(call));
  }

  /** Calls {@code echo} over the event bus with JSON, from another event loop. */
  LoadSource overBus() {
    JsonObject arguments = new JsonObject(Buffer.buffer(Payloads.ECHO.bytes()));
    JsonObject message = new JsonObject().put("tool", "echo").put("args", arguments);
    return Load.on(otherLoop(), () -> vertx.eventBus().request(Addresses.EXECUTE, message));
  }

  private static Call echo() {
    return Call.of(Payloads.ECHO.tool()).body(Buffer.buffer(Payloads.ECHO.bytes()));
  }

  /** Returns a context on another event loop than the pool's. */
  Context otherLoop() {
    Context pool = snakepit.poolContext("default");
    for (int attempt = 0; attempt < 2 * LOOPS; attempt++) {
      Context made = Contexts.create(vertx);
      if (!Contexts.shareEventLoop(made, pool)) {
        return made;
      }
    }
    throw new IllegalStateException("every context is on the pool's event loop");
  }

  @Override
  public void close() {
    Await.on(snakepit.stop());
    Await.on(vertx.close());
  }
}
