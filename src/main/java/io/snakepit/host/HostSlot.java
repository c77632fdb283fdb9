package io.snakepit.host;

import io.snakepit.bus.Addresses;
import io.vertx.core.Vertx;
import io.vertx.core.shareddata.LocalMap;
import java.util.UUID;

/**
 * The one place for a host that a Vert.x has: the addresses of the event bus are the same for every
 * host, so two of them would answer for each other. Any thread may call it.
 */
final class HostSlot {
  private static final String MAP = "io.snakepit.host";
  private static final String KEY = "host";

  private final LocalMap<String, String> taken;
  private final String owner = UUID.randomUUID().toString();

  HostSlot(Vertx vertx) {
    this.taken = vertx.sharedData().getLocalMap(MAP);
  }

  /**
   * Takes the place.
   *
   * @throws IllegalStateException if another host has it; the message says what to do
   */
  void take() {
    if (taken.putIfAbsent(KEY, owner) != null) {
      throw new IllegalStateException(
          "this Vert.x has a Snakepit already, and there is room for one: "
              + "call that one, by its Snakepit object or over the event bus at "
              + Addresses.EXECUTE
              + "; put all pools into its configuration; deploy SnakepitVerticle with one instance; "
              + "or start this one on a Vert.x of its own");
    }
  }

  /** Gives the place back. Does nothing if this host does not have it. */
  void free() {
    taken.removeIfPresent(KEY, owner);
  }
}
