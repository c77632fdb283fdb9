package io.snakepit.worker;

import io.vertx.core.Vertx;

/** Maker of workers that have a name, and no process. */
public final class StandInWorker {
  private StandInWorker() {}

  public static Worker named(String id, Vertx vertx) {
    return new Worker(id, vertx, null, null);
  }
}
