package io.snakepit.cli;

import io.snakepit.config.PoolOptions;
import io.snakepit.config.SnakepitOptions;
import io.snakepit.diagnostics.Machine;
import io.snakepit.diagnostics.Scaling;
import io.snakepit.diagnostics.ScalingReport;
import io.snakepit.diagnostics.ScalingRun;
import io.snakepit.diagnostics.Subject;
import io.snakepit.process.ProcessTable;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/**
 * The command {@code diagnose scaling}: starts small pools in this JVM, measures them, and computes
 * how far the machine would carry larger ones.
 */
@Command(
    name = "scaling",
    header = "Measures what limits the number of workers here, and recommends a pool size.",
    description = {
      "",
      "Starts pools of 1, 2, 4, ... workers in this process, one after the other, without any port and in a temporary folder, and ends them again. Running servers are left alone, but what they take is not available."
    },
    footer = {
      "",
      "Examples:",
      "  ./snakepit diagnose scaling",
      "  PYTHONPATH=. ./snakepit diagnose scaling --adapter my_tools --max 4",
      "  ./snakepit diagnose scaling --json > scaling.json",
      "",
      "With the showcase adapter, calls per second are measured, too; other adapters have no tool for that.",
      "Results go to standard output, progress to standard error."
    })
final class ScalingCommand implements Callable<Integer> {
  private static final int DEFAULT_MAX = 8;
  private static final String DEFAULT_POOL = "default";
  private static final String ORIGIN = "diagnose scaling";

  private final Terminal terminal;
  private final TrialPools.Factory pools;
  private final Machine machine;
  private final StopSignals signals;
  private volatile boolean interrupted;

  @Option(
      names = "--max",
      paramLabel = "N",
      description = "The largest pool that is started, 1 to 1000; else ${DEFAULT-VALUE}.")
  int max = DEFAULT_MAX;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "YAML; else conf/snakepit.yaml beside the launcher.")
  @Nullable Path config;

  @Option(
      names = "--pool",
      paramLabel = "POOL",
      description = "Whose configuration is tried; else default, else the only one.")
  String pool = "";

  @Option(
      names = "--adapter",
      paramLabel = "SPEC",
      description = "Another adapter than the pool's: a module, or module:Class.")
  @Nullable String adapter;

  @Option(names = "--json", description = "Prints the figures as one JSON object.")
  boolean json;

  ScalingCommand(
      Terminal terminal, TrialPools.Factory pools, Machine machine, StopSignals signals) {
    this.terminal = terminal;
    this.pools = pools;
    this.machine = machine;
    this.signals = signals;
  }

  @Override
  public Integer call() {
    if (max < 1 || max > SnakepitOptions.MAX_WORKERS) {
      throw CommandFailure.usage(
          "--max must be between 1 and %d: got %d".formatted(SnakepitOptions.MAX_WORKERS, max));
    }
    SnakepitOptions configured = new Configuration(terminal, config).load();
    String name = poolOf(configured);
    PoolOptions tried = poolOptions(options(name, 1, terminal.home()), name);
    try {
      print(ScalingReport.of(subject(name, tried), measure(name)));
    } catch (CommandFailure failed) {
      if (!interrupted) {
        throw failed;
      }
      return ExitCode.SOFTWARE;
    }
    return ExitCode.OK;
  }

  private String poolOf(SnakepitOptions configured) {
    Set<String> names = configured.pools().keySet();
    if (pool.isEmpty() && (names.contains(DEFAULT_POOL) || names.size() == 1)) {
      return names.contains(DEFAULT_POOL) ? DEFAULT_POOL : names.iterator().next();
    }
    if (!names.contains(pool)) {
      String fault =
          pool.isEmpty() ? "name the pool with --pool" : "there is no pool \"%s\"".formatted(pool);
      throw CommandFailure.usage(fault + ": there is " + String.join(", ", names));
    }
    return pool;
  }

  /**
   * Returns the options of the pool as it is configured, alone, with a number of workers and no
   * door to the outside.
   */
  private SnakepitOptions options(String name, int workers, Path dataDir) {
    SnakepitOptions all =
        new Configuration(terminal, config)
            .flag("pools." + name + ".adapter", adapter, "--adapter")
            .flag("pools." + name + ".size", String.valueOf(workers), ORIGIN)
            .flag("pools." + name + ".required", "true", ORIGIN)
            .flag("instance", "diagnose", ORIGIN)
            .flag("dataDir", dataDir.toString(), ORIGIN)
            .flag("http.enabled", "false", ORIGIN)
            .flag("grpc.enabled", "false", ORIGIN)
            .flag("cluster.enabled", "false", ORIGIN)
            .loadSilently();
    return new SnakepitOptions(
        all.instance(),
        all.dataDir(),
        all.http(),
        all.grpc(),
        Map.of(name, poolOptions(all, name)),
        all.sessions(),
        all.cluster());
  }

  private static PoolOptions poolOptions(SnakepitOptions all, String name) {
    return Objects.requireNonNull(all.pools().get(name));
  }

  private static Subject subject(String name, PoolOptions tried) {
    return new Subject(
        name,
        tried.adapter(),
        tried.limits().memoryBytes(),
        tried.limits().cpus(),
        SnakepitOptions.MAX_WORKERS);
  }

  private Scaling measure(String name) {
    Progress progress = new Progress(terminal.err());
    try (TrialPools trials =
        pools.create(name, (size, folder) -> options(name, size, folder), progress)) {
      Runnable forgetSignals = signals.onFirst(() -> stop(trials));
      try {
        return new ScalingRun(
                machine,
                () -> ProcessTable.system().all(),
                ProcessHandle.current().pid(),
                trials,
                terminal.err()::println)
            .run(max);
      } finally {
        forgetSignals.run();
      }
    }
  }

  /**
   * Stops the trials, on the signals' thread, which ends the JVM with the exit code that is
   * returned.
   */
  private int stop(TrialPools trials) {
    interrupted = true;
    terminal.err().println("stopping; Ctrl-C ends at once");
    try {
      trials.close();
    } catch (CommandFailure failed) {
      terminal.err().println(failed.getMessage());
    }
    return ExitCode.SOFTWARE;
  }

  private void print(ScalingReport report) {
    terminal
        .out()
        .println(json ? report.toJson().encodePrettily() : new ScalingText(report).toString());
  }
}
