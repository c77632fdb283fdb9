package io.snakepit;

import io.snakepit.api.ErrorCode;
import io.snakepit.api.SnakepitException;
import io.snakepit.pool.PoolVerticle;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The pools by name, and which one is meant where none is named. Immutable. */
final class PoolDirectory {
  static final PoolDirectory EMPTY = new PoolDirectory(List.of());
  private static final String DEFAULT = "default";

  private final Map<String, PoolVerticle> byName = new LinkedHashMap<>();
  private final @Nullable PoolVerticle unnamed;

  PoolDirectory(List<PoolVerticle> pools) {
    pools.forEach(pool -> byName.put(pool.pool(), pool));
    PoolVerticle byDefault = byName.get(DEFAULT);
    this.unnamed = byDefault == null && pools.size() == 1 ? pools.get(0) : byDefault;
  }

  int size() {
    return byName.size();
  }

  Collection<PoolVerticle> all() {
    return byName.values();
  }

  /**
   * The pool on whose event loop the doors live: the one meant where none is named, or the first.
   */
  PoolVerticle home() {
    return unnamed == null ? byName.values().iterator().next() : unnamed;
  }

  /**
   * The pool of that name; empty means {@code default}, or else the only one.
   *
   * @throws SnakepitException {@code POOL_NOT_FOUND}, or {@code INVALID_REQUEST} if a name is
   *     needed
   */
  PoolVerticle find(String name) {
    PoolVerticle pool = name.isEmpty() ? unnamed : byName.get(name);
    if (pool != null) {
      return pool;
    }
    if (byName.isEmpty()) {
      throw new SnakepitException(ErrorCode.POOL_UNAVAILABLE, "Snakepit has not been started");
    }
    if (name.isEmpty()) {
      throw new SnakepitException(
          ErrorCode.INVALID_REQUEST,
          "pool must be named, since there is no pool \"default\": one of " + names());
    }
    throw new SnakepitException(
        ErrorCode.POOL_NOT_FOUND, "there is no pool \"%s\": there is %s".formatted(name, names()));
  }

  private String names() {
    return String.join(", ", byName.keySet());
  }
}
