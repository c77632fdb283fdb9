package io.snakepit.process;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Settings of a keeper: its program, its places and its workers.
 *
 * @param interpreter the real executable, as {@link Interpreter} finds it
 * @param library the directory with the package {@code snakepit}, as {@link PythonPackage} lays it
 *     out
 * @param socket where the keeper shall dial: a path of at most 100 bytes in a directory of ours
 *     with mode 0700; what is left there from earlier is replaced
 * @param directory working directory of the keeper and all below it
 * @param environment the complete one of the keeper and all below it; must hold {@link #RUN_MARK}
 *     and {@link #POOL_MARK}, by which its processes are known
 * @param workers what all its workers have in common
 * @param launcher starts its process
 */
public record KeeperOptions(
    Path interpreter,
    Path library,
    Path socket,
    Path directory,
    Map<String, String> environment,
    Workers workers,
    ProcessLauncher launcher,
    Timeouts timeouts) {

  /** Variable that names the run of the host which a process belongs to. */
  public static final String RUN_MARK = "SNAKEPIT_RUN";

  /** Variable that names the instance of the host which a process belongs to. */
  public static final String INSTANCE_MARK = "SNAKEPIT_INSTANCE";

  /** Variable that names the pool which a process belongs to. */
  public static final String POOL_MARK = "SNAKEPIT_POOL";

  /** Variable that names the worker which a process belongs to; the keeper sets it. */
  public static final String WORKER_MARK = "SNAKEPIT_WORKER";

  /** The bytes of the longest path of a socket: longer ones don't fit everywhere. */
  public static final int MAX_SOCKET_BYTES = 100;

  /**
   * The times that a keeper may take.
   *
   * @param start from launch to hello
   * @param stop how long a keeper whose pipe has ended may take before it gets SIGKILL
   * @param end how long a fork server may take for its exit handlers, when it ends in order
   */
  public record Timeouts(Duration start, Duration stop, Duration end) {
    public static final Timeouts DEFAULT =
        new Timeouts(Duration.ofSeconds(30), Duration.ofSeconds(5), Duration.ofSeconds(2));

    /** Returns the same with another time for exit handlers. */
    public Timeouts withEnd(Duration other) {
      return new Timeouts(start, stop, other);
    }
  }

  /**
   * Settings that all workers of the keeper have in common.
   *
   * @param code what they import
   * @param socket where workers dial
   * @param onUnserializable {@code error} or {@code marker}
   * @param silenceMs how long a worker may hear nothing from the host before it ends itself; 0: for
   *     ever
   * @param limits what each worker may use
   * @param calls how each worker runs its calls
   */
  public record Workers(
      String pool,
      StartMethod startMethod,
      Code code,
      Path socket,
      String onUnserializable,
      long silenceMs,
      Limits limits,
      Calls calls) {

    /** Settings without limits, and without an end for silence. */
    Workers(String pool, StartMethod startMethod, Code code, Path socket, String onUnserializable) {
      this(pool, startMethod, code, socket, onUnserializable, 0, Limits.NONE, Calls.ONE_BY_ONE);
    }
  }

  /**
   * The code that a worker imports.
   *
   * @param adapter {@code module} or {@code module:Class}
   * @param preload modules that the fork server imports besides
   * @param pythonPath put behind the standard library in {@code sys.path}
   */
  public record Code(String adapter, List<String> preload, List<String> pythonPath) {
    public Code {
      preload = List.copyOf(preload);
      pythonPath = List.copyOf(pythonPath);
    }
  }

  /**
   * The way in which a worker runs its calls.
   *
   * @param profile {@code process}, {@code thread} or {@code async}
   * @param concurrency how many at a time
   * @param tellMemory whether each answer tells how much memory the worker holds
   * @param cancelGraceMs how long a cancelled call has to stop
   */
  public record Calls(String profile, int concurrency, boolean tellMemory, long cancelGraceMs) {
    public static final Calls ONE_BY_ONE = new Calls("process", 1, false, 1_000);
  }

  /**
   * The resources that one worker may use.
   *
   * @param memoryBytes 0: as much as there is
   * @param cpus how many processors' time, fractions allowed; 0: all
   * @param threads how many threads its libraries compute with, unless the environment says
   *     otherwise; 0: as many as they please
   */
  public record Limits(long memoryBytes, double cpus, int threads) {
    public static final Limits NONE = new Limits(0, 0, 0);
  }

  public KeeperOptions {
    environment = Map.copyOf(environment);
    requireMark(environment, RUN_MARK);
    requireMark(environment, POOL_MARK);
    int length = socket.toString().getBytes(StandardCharsets.UTF_8).length;
    if (length > MAX_SOCKET_BYTES) {
      throw new IllegalArgumentException(
          "the keeper's socket must have at most %d bytes: got %d in %s"
              .formatted(MAX_SOCKET_BYTES, length, socket));
    }
  }

  /** Makes options with the default timeouts. */
  public KeeperOptions(
      Path interpreter,
      Path library,
      Path socket,
      Path directory,
      Map<String, String> environment,
      Workers workers,
      ProcessLauncher launcher) {
    this(interpreter, library, socket, directory, environment, workers, launcher, Timeouts.DEFAULT);
  }

  /** Returns the variables by which the keeper's processes are known, with their values. */
  Map<String, String> marks() {
    return Map.of(
        RUN_MARK, Objects.requireNonNull(environment.get(RUN_MARK)),
        POOL_MARK, Objects.requireNonNull(environment.get(POOL_MARK)));
  }

  private static void requireMark(Map<String, String> environment, String mark) {
    if (environment.getOrDefault(mark, "").isEmpty()) {
      throw new IllegalArgumentException("the keeper's environment must hold " + mark);
    }
  }

  /** Leaves the environment's values out: they may be secrets. */
  @Override
  public String toString() {
    return "KeeperOptions[pool=%s interpreter=%s library=%s socket=%s]"
        .formatted(workers.pool(), interpreter, library, socket);
  }
}
