package io.snakepit.bench;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./snakepit bench}. */
@Command(
    name = "./snakepit bench",
    mixinStandardHelpOptions = true,
    description = "Measures this machine, in one run: figures compare as ratios to the floor.")
public final class Main implements Callable<Integer> {
  private static final int HOT_MS = 3_000;
  private static final int QUICK_MS = 300;

  @Option(names = "--json", description = "Also write all figures to this file.")
  @Nullable Path json;

  @Option(names = "--peers", description = "Also measure what installs from the Python index.")
  boolean peers;

  @Option(names = "--quick", description = "Much shorter, to see that it works; not for figures.")
  boolean quick;

  private final PrintStream out = System.out;

  public static void main(String[] args) {
    System.exit(new CommandLine(new Main()).execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path home = Path.of(System.getProperty("snakepit.home", "")).toAbsolutePath();
    Path data = Files.createTempDirectory("snakepit-bench");
    Vertx vertx = Vertx.builder().with(new VertxOptions().setPreferNativeTransport(true)).build();
    try {
      Report report = run(vertx, home, data);
      out.print(report.tables());
      out.print(Bounds.table(report));
      if (json != null) {
        Files.writeString(json, report.toJson().put("machine", machine()).encodePrettily());
        out.println("\nwritten to " + json);
      }
      return 0;
    } finally {
      Waiting.on(vertx.close());
      remove(data);
    }
  }

  private Report run(Vertx vertx, Path home, Path data) throws IOException, InterruptedException {
    Duration time = Duration.ofMillis(quick ? QUICK_MS : HOT_MS);
    String python = home.resolve(".venv/bin/python").toString();
    Report report = new Report();
    Floor floor = new Floor(vertx, python, home.resolve("bench/python/floor.py"), EchoFigures.BODY);
    say("floor");
    double before = floor.measure(time).perSecond();
    for (int workers : quick ? List.of(1) : List.of(1, 2, 4)) {
      echo(vertx, data, python, workers, report, time);
    }
    say("floor again");
    report.floor((before + floor.measure(time).perSecond()) / 2);
    starts(new StartFigures(vertx, data, python, report));
    say("./snakepit serve, and its end by kill -9");
    new HostFigures(home.resolve("snakepit"), data, report).measure();
    if (peers) {
      new Peers(home, report, time, this::say).measure();
    }
    return report;
  }

  private void echo(
      Vertx vertx, Path data, String python, int workers, Report report, Duration time)
      throws IOException {
    say("echo, workers: " + workers);
    try (Subject subject = Subject.start(vertx, data, python, workers, "forkserver")) {
      EchoFigures echo = new EchoFigures(subject, workers, report, time);
      echo.inProcess(List.of(1, 8, 32));
      say("echo over HTTP, workers: " + workers);
      echo.http(List.of(1, 8, 32));
      if (workers == 2 || quick) {
        say("1 MB over HTTP");
        echo.large();
      }
    }
  }

  private void starts(StartFigures starts) throws InterruptedException {
    for (String method : List.of("forkserver", "spawn")) {
      for (int workers : quick ? List.of(1) : List.of(1, 8, 64)) {
        say("start of workers: " + workers + ", " + method);
        starts.measureStart(workers, method);
      }
    }
    say("recovery of a killed worker");
    starts.measureRecovery();
    starts.measureMemory();
  }

  private void say(String what) {
    out.println("… " + what);
    out.flush();
  }

  private static JsonObject machine() {
    return new JsonObject()
        .put("cores", Runtime.getRuntime().availableProcessors())
        .put("jdk", Runtime.version().toString())
        .put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"))
        .put("at", Instant.now().toString());
  }

  private static void remove(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
