package io.snakepit.bench;

import io.snakepit.Snakepit;
import io.snakepit.bus.Addresses;
import io.snakepit.config.SnakepitOptions;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;

/** A Snakepit that is measured, in this process, with the showcase adapter. Close it. */
final class Subject implements AutoCloseable {
  private final Vertx vertx;
  private final Snakepit snakepit;
  private final double startMillis;

  private Subject(Vertx vertx, Snakepit snakepit, double startMillis) {
    this.vertx = vertx;
    this.snakepit = snakepit;
    this.startMillis = startMillis;
  }

  /** Starts one with that many workers. */
  static Subject start(Vertx vertx, Path data, String python, int workers, String startMethod) {
    JsonObject pool =
        new JsonObject().put("python", python).put("size", workers).put("startMethod", startMethod);
    SnakepitOptions options =
        SnakepitOptions.fromJson(
            new JsonObject()
                .put("dataDir", data.toString())
                .put("http", new JsonObject().put("port", 0))
                .put("pools", new JsonObject().put("default", pool)));
    long start = System.nanoTime();
    Snakepit snakepit = Waiting.on(Snakepit.create(vertx, options).start());
    return new Subject(vertx, snakepit, (System.nanoTime() - start) / 1e6);
  }

  Vertx vertx() {
    return vertx;
  }

  Snakepit snakepit() {
    return snakepit;
  }

  /** From the call of start until every worker was ready. */
  double startMillis() {
    return startMillis;
  }

  /** The processes of the workers. */
  List<Long> pids() {
    JsonArray workers =
        Waiting.on(vertx.eventBus().<JsonArray>request(Addresses.WORKERS, new JsonObject())).body();
    return workers.stream().map(w -> ((JsonObject) w).getLong("pid")).toList();
  }

  @Override
  public void close() {
    Waiting.on(snakepit.stop());
  }
}
