package io.snakepit.worker;

import io.snakepit.bus.Addresses;
import io.snakepit.bus.RecordKind;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.JsonObject;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way to the registry of processes, over the bus: each process of a pool is written down before
 * it exists, and until it is gone. A registry that is just being deployed anew is asked again.
 *
 * <p>For the pool's event loop.
 */
final class RegistryClient {
  private static final Logger LOG = LoggerFactory.getLogger(RegistryClient.class);

  private static final long RETRY_MS = 20;
  private static final int ATTEMPTS = 250;
  private static final DeliveryOptions LOCAL = new DeliveryOptions().setLocalOnly(true);

  private final Vertx vertx;
  private final String run;
  private final String pool;

  RegistryClient(Vertx vertx, String run, String pool) {
    this.vertx = vertx;
    this.run = run;
    this.pool = pool;
  }

  /**
   * Puts a process on record that is about to be made.
   *
   * @return completes when it is on record; fails if the disk is at fault, with a message for
   *     people
   */
  Future<Void> reserve(String name, RecordKind kind) {
    return send(
        Addresses.reserve(run),
        new JsonObject().put("name", name).put("kind", kind.word()).put("pool", pool));
  }

  /** Puts on record that a process exists. */
  void activate(String name, long pid, long startTicks) {
    send(
            Addresses.activate(run),
            new JsonObject().put("name", name).put("pid", pid).put("startTicks", startTicks))
        .onFailure(failure -> LOG.warn("{} could not be put on record as pid {}", name, pid));
  }

  /** Takes a process off record that is gone. Never fails. */
  Future<Void> release(String name) {
    return send(Addresses.release(run), new JsonObject().put("name", name))
        .onFailure(failure -> LOG.warn("the record of {} could not be removed", name))
        .otherwiseEmpty();
  }

  private Future<Void> send(String address, JsonObject body) {
    Promise<Void> done = Promise.promise();
    attempt(address, body, ATTEMPTS, done);
    return done.future();
  }

  private void attempt(String address, JsonObject body, int left, Promise<Void> done) {
    vertx
        .eventBus()
        .request(address, body, LOCAL)
        .onSuccess(reply -> done.complete())
        .onFailure(
            failure -> {
              if (left > 1 && isAway(failure)) {
                vertx.setTimer(RETRY_MS, again -> attempt(address, body, left - 1, done));
              } else {
                done.fail(failure);
              }
            });
  }

  private static boolean isAway(Throwable failure) {
    return failure instanceof ReplyException e && e.failureType() == ReplyFailure.NO_HANDLERS;
  }
}
