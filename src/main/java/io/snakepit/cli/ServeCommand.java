package io.snakepit.cli;

import io.snakepit.config.InvalidOptionsException;
import io.snakepit.config.OptionsLoader;
import io.snakepit.config.SnakepitOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code serve}: reads the configuration, then runs a server until it is told to stop. */
@Command(
    name = "serve",
    header = "Runs the server until Ctrl-C or SIGTERM, then drains and stops.",
    footer = {
      "",
      "Examples:",
      "  ./snakepit serve",
      "  ./snakepit serve --adapter my_tools --pool-size 4 --port 9000",
      "  SNAKEPIT_LOG_LEVEL=debug ./snakepit serve --config my.yaml",
      "",
      "Configuration: the file, overridden by SNAKEPIT_* variables, overridden by flags.",
      "A second Ctrl-C ends at once."
    })
final class ServeCommand implements Callable<Integer> {
  private static final String DEFAULT_FILE = "conf/snakepit.yaml";

  private final Terminal terminal;
  private final Server.Factory servers;
  private final StopSignals signals;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "YAML; else conf/snakepit.yaml beside the launcher.")
  @Nullable Path config;

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "Where HTTP is served; 0: any free port.")
  @Nullable String port;

  @Option(
      names = "--adapter",
      paramLabel = "SPEC",
      description = "The default pool's adapter: a module, or module:Class.")
  @Nullable String adapter;

  @Option(
      names = "--pool-size",
      paramLabel = "N",
      description = "How many workers the default pool has.")
  @Nullable String poolSize;

  @Option(names = "--cluster", description = "Joins a cluster, as cluster.* says.")
  boolean cluster;

  ServeCommand(Terminal terminal, Server.Factory servers, StopSignals signals) {
    this.terminal = terminal;
    this.servers = servers;
    this.signals = signals;
  }

  @Override
  public Integer call() {
    SnakepitOptions options = load();
    return new Serving(servers.create(options), options, terminal).run(signals);
  }

  private SnakepitOptions load() {
    try {
      OptionsLoader.Loaded loaded = loader().load();
      loaded.warnings().forEach(warning -> terminal.err().println("warning: " + warning));
      return loaded.options();
    } catch (InvalidOptionsException invalid) {
      throw CommandFailure.usage(
          "the configuration can't be used:\n" + String.valueOf(invalid.getMessage()));
    } catch (IOException unreadable) {
      throw CommandFailure.usage("--config: " + unreadable.getMessage());
    }
  }

  private OptionsLoader loader() throws IOException {
    OptionsLoader loader = new OptionsLoader().environment(terminal.environment());
    Path file = config == null ? terminal.home().resolve(DEFAULT_FILE) : config;
    if (config != null || Files.exists(file)) {
      loader.file(file);
    }
    Path interpreter = terminal.home().resolve(".venv/bin/python");
    if (Files.isExecutable(interpreter)) {
      loader.interpreter(interpreter);
    }
    flag(loader, "http.port", port, "--port");
    flag(loader, "pools.*.adapter", adapter, "--adapter");
    flag(loader, "pools.*.size", poolSize, "--pool-size");
    flag(loader, "cluster.enabled", cluster ? "true" : null, "--cluster");
    return loader;
  }

  private static void flag(
      OptionsLoader loader, String key, @Nullable String value, String origin) {
    if (value != null) {
      loader.flag(key, value, origin);
    }
  }
}
