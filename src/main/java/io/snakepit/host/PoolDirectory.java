package io.snakepit.host;

import io.snakepit.api.ErrorCode;
import io.snakepit.api.SnakepitException;
import io.snakepit.pool.PoolVerticle;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The pools by name, and which one is meant where none is named. The names never change; the
 * verticle behind one does when it is replaced. Any thread may call it.
 */
public final class PoolDirectory {
  public static final PoolDirectory EMPTY = new PoolDirectory(List.of());
  private static final String DEFAULT = "default";

  private final Map<String, AtomicReference<@Nullable PoolVerticle>> byName = new LinkedHashMap<>();
  private final @Nullable String unnamed;

  public PoolDirectory(Collection<String> pools) {
    pools.forEach(pool -> byName.put(pool, new AtomicReference<>()));
    boolean single = pools.size() == 1;
    this.unnamed = pools.contains(DEFAULT) ? DEFAULT : single ? pools.iterator().next() : null;
  }

  /** That verticle is the pool of its name from now on. */
  public void put(PoolVerticle pool) {
    Objects.requireNonNull(byName.get(pool.pool())).set(pool);
  }

  public Collection<String> names() {
    return byName.keySet();
  }

  /** All that have been deployed. */
  public Collection<PoolVerticle> all() {
    return byName.values().stream()
        .map(AtomicReference::get)
        .filter(Objects::nonNull)
        .map(Objects::requireNonNull)
        .toList();
  }

  /**
   * The pool on whose event loop the doors live: the one meant where none is named, or the first.
   */
  public PoolVerticle home() {
    return find(unnamed == null ? byName.keySet().iterator().next() : unnamed);
  }

  /**
   * The pool of that name; empty means {@code default}, or else the only one.
   *
   * @throws SnakepitException {@code POOL_NOT_FOUND}, or {@code INVALID_REQUEST} if a name is
   *     needed
   */
  public PoolVerticle find(String name) {
    String meant = name.isEmpty() ? unnamed : name;
    AtomicReference<@Nullable PoolVerticle> place = meant == null ? null : byName.get(meant);
    PoolVerticle pool = place == null ? null : place.get();
    if (pool != null) {
      return pool;
    }
    throw notFound(name, place != null);
  }

  private SnakepitException notFound(String name, boolean known) {
    if (byName.isEmpty() || known) {
      return new SnakepitException(ErrorCode.POOL_UNAVAILABLE, "Snakepit has not been started");
    }
    if (name.isEmpty()) {
      return new SnakepitException(
          ErrorCode.INVALID_REQUEST,
          "pool must be named, since there is no pool \"default\": one of " + listed());
    }
    return new SnakepitException(
        ErrorCode.POOL_NOT_FOUND, "there is no pool \"%s\": there is %s".formatted(name, listed()));
  }

  private String listed() {
    return String.join(", ", byName.keySet());
  }
}
