package io.snakepit.worker;

import io.snakepit.api.HostTools;
import io.snakepit.config.PoolOptions;
import io.snakepit.config.SessionOptions;
import java.nio.file.Path;
import java.util.Map;

/**
 * Settings that the workers of one pool are started with.
 *
 * @param pool its name
 * @param options its configuration
 * @param environment that the workers are to have, whole; marks and the pool's {@code env} are
 *     added
 * @param run of the host that they belong to
 * @param maxBodyBytes of arguments and of a result
 * @param sessions bounds the bindings to the pool's workers
 * @param hostTools what running Python may call
 */
public record NurserySettings(
    String pool,
    PoolOptions options,
    Map<String, String> environment,
    Run run,
    long maxBodyBytes,
    SessionOptions sessions,
    HostTools hostTools) {

  /**
   * The run of a host that a pool belongs to.
   *
   * @param id unique among all runs
   * @param instance the host's configured name
   * @param directory for sockets, mode 0700
   * @param library the directory that holds the Python package of this version
   */
  public record Run(String id, String instance, Path directory, Path library) {}
}
