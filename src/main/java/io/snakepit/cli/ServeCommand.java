package io.snakepit.cli;

import io.snakepit.config.SnakepitOptions;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The command {@code serve}: reads the configuration, then runs a server until it is told to stop.
 */
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
    return new Configuration(terminal, config)
        .flag("http.port", port, "--port")
        .flag("pools.*.adapter", adapter, "--adapter")
        .flag("pools.*.size", poolSize, "--pool-size")
        .flag("cluster.enabled", cluster ? "true" : null, "--cluster")
        .load();
  }
}
