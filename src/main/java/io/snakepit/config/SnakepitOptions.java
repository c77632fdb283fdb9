package io.snakepit.config;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Options of a host. Immutable.
 *
 * @param instance hosts that share {@code dataDir} are told apart by a lock; a name separates them
 *     for good
 * @param dataDir process records and sockets; made with mode 0700
 * @param pools by name, in their order; at least one
 */
public record SnakepitOptions(
    String instance,
    Path dataDir,
    HttpOptions http,
    GrpcOptions grpc,
    Map<String, PoolOptions> pools,
    SessionOptions sessions,
    ClusterOptions cluster) {

  /** The largest pool that may be asked for. */
  public static final int MAX_WORKERS = Keys.MAX_WORKERS;

  public SnakepitOptions {
    pools = Collections.unmodifiableMap(new LinkedHashMap<>(pools));
  }

  /** Returns the defaults of all options: one pool, {@code default}, with the showcase adapter. */
  public static SnakepitOptions defaults() {
    return fromJson(new JsonObject());
  }

  /**
   * Reads a YAML file, overridden by this process's {@code SNAKEPIT_…} variables. Blocks.
   *
   * @throws IOException if the file can't be read
   * @throws InvalidOptionsException with every fault found
   */
  public static SnakepitOptions load(Path file) throws IOException {
    return new OptionsLoader()
        .file(given(file, "file"))
        .environment(System.getenv())
        .load()
        .options();
  }

  /**
   * Reads what a configuration file holds, as JSON; keys that are left out keep their defaults.
   *
   * @throws InvalidOptionsException with every fault found
   */
  public static SnakepitOptions fromJson(JsonObject json) {
    return new OptionsLoader().yaml("", given(json, "json").encode()).load().options();
  }

  private static <T> T given(@Nullable T value, String what) {
    if (value == null) {
      throw new IllegalArgumentException(what + " must be given: got null");
    }
    return value;
  }
}
