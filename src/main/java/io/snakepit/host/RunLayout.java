package io.snakepit.host;

import io.snakepit.api.HostTools;
import io.snakepit.config.InheritedEnvironment;
import io.snakepit.config.PoolOptions;
import io.snakepit.config.SnakepitOptions;
import io.snakepit.process.PrivateDirectory;
import io.snakepit.process.PythonPackage;
import io.snakepit.process.UnsafeDirectoryException;
import io.snakepit.registry.RegistryVerticle;
import io.snakepit.registry.RunDirectory;
import io.snakepit.worker.NurserySettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Id and places on disk of a run: its directory, mode 0700, with records and sockets, and the
 * Python package of this version. Blocks: not for an event loop.
 */
public final class RunLayout {
  private static final Logger LOG = LoggerFactory.getLogger(RunLayout.class);

  /**
   * The longest path of a Unix socket that every platform takes, less some for the socket's own
   * name.
   */
  private static final int MAX_SOCKET_PATH = 100;

  private final String runId;
  private final Path dataDir;
  private final RunDirectory run;
  private final Path sockets;
  private final Path library;

  private RunLayout(String runId, Path dataDir, RunDirectory run, Path sockets, Path library) {
    this.runId = runId;
    this.dataDir = dataDir;
    this.run = run;
    this.sockets = sockets;
    this.library = library;
  }

  /**
   * Makes the directories of a new run.
   *
   * @throws IllegalStateException on a platform that can't work
   * @throws IOException if {@code dataDir} can't be written; the message names the setting
   */
  public static RunLayout prepare(SnakepitOptions options) throws IOException {
    refuseWindows(System.getProperty("os.name", ""));
    Path dataDir = options.dataDir().toAbsolutePath();
    String runId = newRunId();
    try {
      PrivateDirectory.make(dataDir);
      warnOfOpenParents(dataDir);
      Path library = PythonPackage.unpack(dataDir);
      Path sockets = socketDirectory(RunDirectory.path(dataDir, runId), longestName(options));
      RunDirectory run = RunDirectory.create(dataDir, options.instance(), runId, sockets);
      return new RunLayout(runId, dataDir, run, sockets, library);
    } catch (UnsafeDirectoryException e) {
      throw new IOException("dataDir can't be used: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new IOException(
          "dataDir %s can't be used (%s): name a directory that can be written"
              .formatted(dataDir, e),
          e);
    }
  }

  /** Refuses Windows: processes are supervised by means that only Unix has. */
  static void refuseWindows(String osName) {
    if (osName.toLowerCase(Locale.ROOT).startsWith("windows")) {
      throw new IllegalStateException(
          "Snakepit does not run on Windows itself, where processes can't be supervised reliably: run it in WSL2 (wsl --install)");
    }
  }

  private static String newRunId() {
    String time =
        ZonedDateTime.now(ZoneOffset.UTC).format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss"));
    return "%s-%08x".formatted(time, ThreadLocalRandom.current().nextInt());
  }

  private static int longestName(SnakepitOptions options) {
    return options.pools().keySet().stream().mapToInt(String::length).max().orElse(0)
        + "/.keeper.sock".length();
  }

  /** Returns the run's own directory, unless that would make the paths of sockets too long. */
  private static Path socketDirectory(Path preferred, int longestName) throws IOException {
    int length = preferred.toString().getBytes(StandardCharsets.UTF_8).length;
    if (length + longestName <= MAX_SOCKET_PATH) {
      return preferred;
    }
    return socketBase(System.getenv("XDG_RUNTIME_DIR"), Path.of("/tmp"))
        .resolve("snakepit-" + preferred.getFileName());
  }

  /**
   * Returns the user's runtime directory, unless others could rename what is made there, as after
   * {@code su}, which keeps another user's; else the one for temporary files.
   *
   * @param runtime null or blank where there is none
   */
  static Path socketBase(@Nullable String runtime, Path temporary) throws IOException {
    if (runtime != null && !runtime.isBlank() && PrivateDirectory.keepsEntries(Path.of(runtime))) {
      return Path.of(runtime);
    }
    if (!PrivateDirectory.keepsEntries(temporary)) {
      throw new IOException(
          "its path is too long for sockets, and in %s others could replace them: give dataDir a shorter path, or chmod +t %s"
              .formatted(temporary, temporary));
    }
    return temporary;
  }

  private static void warnOfOpenParents(Path dataDir) throws IOException {
    List<Path> open = PrivateDirectory.openParents(dataDir);
    if (!open.isEmpty()) {
      LOG.warn(
          "dataDir {} lies in {}, where everybody may rename it and put another in its place: chmod o-w or chmod +t that directory",
          dataDir,
          open.get(0));
    }
  }

  /** Returns the settings for the workers of a pool. */
  public NurserySettings nursery(
      String pool, PoolOptions poolOptions, SnakepitOptions options, HostTools hostTools) {
    Map<String, String> environment = new HashMap<>(InheritedEnvironment.of(System.getenv()));
    environment.putIfAbsent("PYTHONUTF8", "1"); // whatever the locale of this JVM
    environment.putAll(poolOptions.env());
    return new NurserySettings(
        pool,
        poolOptions,
        environment,
        new NurserySettings.Run(runId, options.instance(), sockets, library),
        options.http().maxBodyBytes(),
        options.sessions(),
        hostTools);
  }

  /** Makes the verticle that keeps this run's records and clears those of runs that have died. */
  public RegistryVerticle registry() {
    return new RegistryVerticle(dataDir, run);
  }

  /** Removes the files that only this run needed. */
  public void remove() throws IOException {
    run.remove();
  }
}
