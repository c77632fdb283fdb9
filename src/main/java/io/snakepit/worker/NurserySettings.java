package io.snakepit.worker;

import io.snakepit.api.HostTools;
import io.snakepit.config.PoolOptions;
import java.nio.file.Path;
import java.util.Map;

/**
 * What the workers of one pool are started with.
 *
 * @param pool its name
 * @param options its configuration
 * @param environment that the workers are to have, whole; marks and the pool's {@code env} are
 *     added
 * @param runId of this host, unique among all its runs
 * @param instance of this host
 * @param runDirectory for sockets, mode 0700
 * @param library the directory that holds the Python package of this version
 * @param maxBodyBytes of arguments and of a result
 * @param maxSessions that may be bound to the pool's workers at a time
 * @param hostTools what running Python may call
 */
public record NurserySettings(
    String pool,
    PoolOptions options,
    Map<String, String> environment,
    String runId,
    String instance,
    Path runDirectory,
    Path library,
    long maxBodyBytes,
    int maxSessions,
    HostTools hostTools) {}
