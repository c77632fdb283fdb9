package io.snakepit.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Options of a pool. Durations are in milliseconds, sizes in bytes; the table in {@link Keys} tells
 * each key's default and range, {@code conf/snakepit.yaml} its meaning.
 */
public record PoolOptions(
    String adapter,
    String python,
    List<String> pythonPath,
    Map<String, String> env,
    PoolSize size,
    Profile profile,
    int concurrency,
    StartMethod startMethod,
    List<String> preload,
    Transport transport,
    Affinity affinity,
    int maxQueue,
    long maxQueueBytes,
    long queueTimeoutMs,
    long executeTimeoutMs,
    long cancelGraceMs,
    AfterInterrupt afterInterrupt,
    WorkerThreads threadsPerWorker,
    Startup startup,
    Shutdown shutdown,
    Recycle recycle,
    Restart restart,
    Heartbeat heartbeat,
    Watchdog watchdog,
    Stream stream,
    Retry retry,
    ResourceLimits limits,
    boolean required,
    OnUnserializable onUnserializable) {

  public PoolOptions {
    pythonPath = List.copyOf(pythonPath);
    env = Map.copyOf(env);
    preload = List.copyOf(preload);
  }

  /** Ways for a worker to run its calls. */
  public enum Profile {
    PROCESS,
    THREAD,
    ASYNC
  }

  /**
   * Ways to start workers: forked from a process that has imported the adapter, or afresh; by
   * default forked if that is safe with what the import has left.
   */
  public enum StartMethod {
    AUTO,
    FORKSERVER,
    SPAWN
  }

  /** Transports between host and workers. */
  public enum Transport {
    SOCKET,
    GRPC
  }

  /** Degrees to which a session's calls stay with one worker. */
  public enum Affinity {
    HINT,
    STRICT_QUEUE,
    STRICT_FAIL_FAST
  }

  /** Ways to go on with a worker whose call was interrupted. */
  public enum AfterInterrupt {
    KEEP,
    REPLACE
  }

  /** Ways to answer a result that JSON can't express. */
  public enum OnUnserializable {
    ERROR,
    MARKER
  }

  /** A number of workers, or its bounds; a fixed number has {@code min} equal to {@code max}. */
  public record PoolSize(int min, int max, long idleMs) {
    private static final long DEFAULT_IDLE_MS = 60_000;

    /**
     * Reads a size as it stands in a configuration or a message.
     *
     * @param value a number, or a map with {@code min}, {@code max} and perhaps {@code idleMs}; of
     *     what is neither, nothing is looked at that lies deeper
     * @throws IllegalArgumentException with the rule and the value seen
     */
    public static PoolSize read(@Nullable Object value) {
      JsonNode node = PlainValue.read(value);
      KeyType rule = Keys.of("pools.*.size").type();
      if (!rule.allows(node)) {
        throw new IllegalArgumentException(
            "must be " + rule.rule() + ": got " + PlainValue.shown(node, value));
      }
      return of(node);
    }

    /** Makes a size of a value that follows the rule. */
    static PoolSize of(JsonNode value) {
      if (!value.isObject()) {
        return new PoolSize(value.intValue(), value.intValue(), DEFAULT_IDLE_MS);
      }
      return new PoolSize(
          value.get("min").intValue(),
          value.get("max").intValue(),
          value.path("idleMs").asLong(DEFAULT_IDLE_MS));
    }
  }

  /**
   * A number of threads that libraries compute with in one worker, or {@link #AUTO}; 0 leaves it to
   * them.
   */
  public record WorkerThreads(int count) {
    /** The processors shared among the workers. */
    public static final WorkerThreads AUTO = new WorkerThreads(-1);

    /** Makes a number of a value that follows the rule. */
    static WorkerThreads of(JsonNode value) {
      return value.isTextual() ? AUTO : new WorkerThreads(value.intValue());
    }

    /**
     * Returns how many threads each worker's libraries are told to compute with.
     *
     * @param processors that the host may use
     * @param workers the most that the pool may have
     * @param cpus how many processors' time one worker may use; 0: all
     * @return 0 if they are not told
     */
    public int each(int processors, int workers, double cpus) {
      if (!equals(AUTO)) {
        return count;
      }
      int share = Math.max(1, processors / workers);
      return cpus > 0 ? Math.min(share, (int) Math.ceil(cpus)) : share;
    }
  }

  /** Options of starts: at most {@code batch} workers start at once, {@code batchDelayMs} apart. */
  public record Startup(long timeoutMs, int batch, long batchDelayMs) {}

  /** Options of a stop: how long calls may finish, and how long a worker may take to end. */
  public record Shutdown(long drainMs, long termGraceMs) {}

  /** Options of recycling: when a worker is replaced; 0 means never. */
  public record Recycle(
      long maxRequests, long maxAgeMs, long maxMemoryBytes, double maxErrorRate, double jitter) {}

  /** Options of restarts: how long to wait before a lost worker is replaced. */
  public record Restart(List<Long> backoffMs, int maxCrashes, long windowMs) {
    public Restart {
      backoffMs = List.copyOf(backoffMs);
    }
  }

  /** Options of heartbeats, by which hung workers are found. */
  public record Heartbeat(
      boolean enabled,
      long intervalMs,
      long timeoutMs,
      int maxMissed,
      long silenceMs,
      boolean dependent) {}

  /** Options of the watchdog, a guard outside of host and keeper. */
  public record Watchdog(boolean enabled, long intervalMs, long graceMs) {}

  /** Options of streams: how much may be under way, and how long nothing. */
  public record Stream(int windowChunks, long windowBytes, long idleTimeoutMs, long headAfterMs) {}

  /** Options of retries: how often an idempotent call is tried. */
  public record Retry(int maxAttempts) {}

  /** Limits of what a worker may use; 0 means none. */
  public record ResourceLimits(long memoryBytes, double cpus) {}
}
