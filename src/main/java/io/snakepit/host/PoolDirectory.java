package io.snakepit.host;

import io.snakepit.api.ErrorCode;
import io.snakepit.api.SnakepitException;
import io.snakepit.bus.PoolNames;
import io.snakepit.pool.PoolVerticle;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Table of the pools' verticles by name. The names never change; the verticle behind one does when
 * it is replaced. Any thread may call it.
 */
public final class PoolDirectory {
  private final PoolNames names;
  private final Map<String, AtomicReference<@Nullable PoolVerticle>> byName = new LinkedHashMap<>();

  public PoolDirectory(PoolNames names) {
    this.names = names;
    names.all().forEach(pool -> byName.put(pool, new AtomicReference<>()));
  }

  /** Makes a verticle the pool of its name from now on. */
  void put(PoolVerticle pool) {
    Objects.requireNonNull(byName.get(pool.pool())).set(pool);
  }

  /** Returns whether a pool has been deployed before. */
  boolean has(String name) {
    return Objects.requireNonNull(byName.get(name)).get() != null;
  }

  /** Returns the verticles of all pools that have been deployed. */
  Collection<PoolVerticle> all() {
    return byName.values().stream()
        .map(AtomicReference::get)
        .filter(Objects::nonNull)
        .map(Objects::requireNonNull)
        .toList();
  }

  /**
   * Returns the pool of a name.
   *
   * @param name empty means {@code default}, or else the only one
   * @throws SnakepitException {@code POOL_NOT_FOUND}, {@code INVALID_REQUEST} if a name is needed,
   *     or {@code POOL_UNAVAILABLE} before the start
   */
  public PoolVerticle find(String name) {
    if (name == null) {
      throw new SnakepitException(
          ErrorCode.INVALID_REQUEST,
          "pool must be a name, or empty for the default pool: got null");
    }
    String meant = names.meant(name);
    AtomicReference<@Nullable PoolVerticle> place = meant == null ? null : byName.get(meant);
    PoolVerticle pool = place == null ? null : place.get();
    if (pool != null) {
      return pool;
    }
    throw place != null || all().isEmpty() ? notStarted() : names.unknown(name);
  }

  private static SnakepitException notStarted() {
    return new SnakepitException(ErrorCode.POOL_UNAVAILABLE, "Snakepit has not been started");
  }
}
