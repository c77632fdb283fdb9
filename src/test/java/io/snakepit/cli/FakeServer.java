package io.snakepit.cli;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntSupplier;

/** A server whose start and stop a test completes, and the signal that a test sends it. */
final class FakeServer implements Server, StopSignals {
  final Promise<Void> start = Promise.promise();
  final Promise<Void> stop = Promise.promise();

  /** Promise that completes once the server was told to stop. */
  final Promise<Void> stopping = Promise.promise();

  /** Promise that completes once the server was asked for its pools. */
  final Promise<Void> asked = Promise.promise();

  final CompletableFuture<IntSupplier> drain = new CompletableFuture<>();
  volatile boolean forgotten;
  volatile Future<JsonArray> pools = Future.failedFuture("not yet");
  volatile String url = "http://127.0.0.1:1";

  @Override
  public CompletableFuture<Void> start() {
    return started();
  }

  @Override
  public JsonArray pools(Duration patience) {
    asked.tryComplete();
    return pools.toCompletionStage().toCompletableFuture().join();
  }

  @Override
  public String url() {
    return url;
  }

  @Override
  public void stop(Duration patience) {
    stopping.tryComplete();
    stop.future().toCompletionStage().toCompletableFuture().join();
  }

  @Override
  public Runnable onFirst(IntSupplier drainServer) {
    drain.complete(drainServer);
    return () -> forgotten = true;
  }

  CompletableFuture<Void> started() {
    return start.future().toCompletionStage().toCompletableFuture();
  }

  static JsonObject pool(String name, int ready, int size) {
    return new JsonObject().put("pool", name).put("ready", ready).put("size", size);
  }
}
