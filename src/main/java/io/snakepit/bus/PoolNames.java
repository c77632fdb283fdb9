package io.snakepit.bus;

import io.snakepit.api.ErrorCode;
import io.snakepit.api.Shown;
import io.snakepit.api.SnakepitException;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Names of a host's pools, in their order, and which one is meant where none is named. Immutable.
 */
public final class PoolNames {
  private static final String DEFAULT = "default";

  private final List<String> names;
  private final @Nullable String unnamed;

  /**
   * @param pools at least one
   */
  public PoolNames(Collection<String> pools) {
    this.names = List.copyOf(pools);
    boolean single = names.size() == 1;
    this.unnamed = names.contains(DEFAULT) ? DEFAULT : single ? names.get(0) : null;
  }

  /** Returns all names, in their order. */
  public List<String> all() {
    return names;
  }

  /**
   * Returns the pool on whose event loop the doors live: the one meant where none is named, or the
   * first.
   */
  public String home() {
    return unnamed == null ? names.get(0) : unnamed;
  }

  /**
   * Returns the name of the pool that is meant.
   *
   * @param name empty means {@code default}, or else the only one
   * @throws SnakepitException {@code POOL_NOT_FOUND}, or {@code INVALID_REQUEST} if a name is
   *     needed
   */
  public String resolve(String name) {
    String meant = meant(name);
    if (meant == null || !names.contains(meant)) {
      throw unknown(name);
    }
    return meant;
  }

  /** Returns the name that is meant, whether there is such a pool or not; null if that is open. */
  public @Nullable String meant(String name) {
    return name.isEmpty() ? unnamed : name;
  }

  /** Returns the error of a name that stands for no pool. */
  public SnakepitException unknown(String name) {
    if (name.isEmpty()) {
      return new SnakepitException(
          ErrorCode.INVALID_REQUEST,
          "pool must be named, since there is no pool \"default\": one of " + listed());
    }
    return new SnakepitException(
        ErrorCode.POOL_NOT_FOUND,
        "there is no pool \"%s\": there is %s".formatted(Shown.of(name), listed()));
  }

  private String listed() {
    return String.join(", ", names);
  }
}
