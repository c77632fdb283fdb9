package io.snakepit.worker;

import io.snakepit.process.KeeperListener;
import io.snakepit.process.KeeperOrders;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;

/** A source of a pool's keepers, one after the other. For the pool's event loop. */
interface KeeperSource {

  /** Returns the path of the socket at which the workers of all its keepers attach. */
  Path workerSocket();

  /** Starts a keeper, on the current context. */
  Future<? extends KeeperOrders> start(Vertx vertx, KeeperListener listener);

  /** Removes what sockets are left, on a worker thread. */
  Future<Void> cleanUp(Vertx vertx);
}
