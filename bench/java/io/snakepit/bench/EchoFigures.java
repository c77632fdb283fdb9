package io.snakepit.bench;

import io.snakepit.api.Call;
import io.snakepit.bus.Addresses;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** The same small echo by every way, and large ones over HTTP. */
final class EchoFigures {
  static final String JSON_MB = "1 MB of JSON there and back through HTTP, p50";
  static final String BYTES_MB = "1 MB of bytes there and back through HTTP, p50";

  /** 50 bytes. */
  static final Buffer BODY =
      Buffer.buffer("{\"text\":\"hello, snake pit!\",\"n\":123456,\"ok\":true}");

  private static final int MB = 1_000_000;

  private final Subject subject;
  private final int workers;
  private final Report report;
  private final Duration time;
  private final List<Long> pids;
  private final long host = ProcessHandle.current().pid();

  EchoFigures(Subject subject, int workers, Report report, Duration time) {
    this.subject = subject;
    this.workers = workers;
    this.report = report;
    this.time = time;
    this.pids = subject.pids();
  }

  /** Measures every way that runs in this process. */
  void inProcess(List<Integer> inFlight) {
    Call call = Call.of("echo").body(BODY);
    Context pool = subject.snakepit().poolContext("default");
    Context other = subject.vertx().getOrCreateContext();
    JsonObject message =
        new JsonObject().put("tool", "echo").put("args", new JsonObject(BODY.toString()));
    Supplier<Future<?>> execute = () -> subject.snakepit().execute(call);
    Supplier<Future<?>> send = () -> subject.vertx().eventBus().request(Addresses.EXECUTE, message);
    for (int n : inFlight) {
      measure(Ways.POOL_LOOP, pool, execute, n);
      measure(Ways.OTHER_LOOP, other, execute, n);
      measure(Ways.BUS, other, send, n);
    }
  }

  private void measure(String way, Context context, Supplier<Future<?>> call, int inFlight) {
    Waiting.on(Load.run(context, call, inFlight, time));
    double hostBefore = ProcessFigures.cpuMicros(List.of(host));
    double workersBefore = ProcessFigures.cpuMicros(pids);
    Load.Figures figures = Waiting.on(Load.run(context, call, inFlight, time));
    add(way, inFlight, figures, hostBefore, workersBefore, (double) figures.calls());
  }

  private void add(
      String way, int inFlight, Load.Figures load, double host0, double workers0, double calls) {
    double hostMicros = (ProcessFigures.cpuMicros(List.of(host)) - host0) / calls;
    double workerMicros = (ProcessFigures.cpuMicros(pids) - workers0) / calls;
    report.add(new Report.CallRow(way, workers, inFlight, load, hostMicros, workerMicros));
  }

  /** Measures HTTP with a load generator in a process of its own. */
  void http(List<Integer> inFlight) throws IOException {
    for (int n : inFlight) {
      double hostBefore = ProcessFigures.cpuMicros(List.of(host));
      double workersBefore = ProcessFigures.cpuMicros(pids);
      Load.Figures figures = httpLoad("echo", "application/json", BODY, n);
      // The generator warms up with as many calls again, so that CPU is shared by about twice as
      // many.
      add(Ways.HTTP, n, figures, hostBefore, workersBefore, figures.calls() * 2.0);
    }
  }

  /** Measures large bodies over HTTP, one at a time. */
  void large() throws IOException {
    Buffer json = Buffer.buffer("{\"text\":\"" + "x".repeat(MB) + "\"}");
    report.add(JSON_MB, httpLoad("echo", "application/json", json, 1).p50Micros() / 1e3, "ms");
    Buffer bytes = Buffer.buffer(new byte[MB]);
    Load.Figures figures = httpLoad("bytes_echo", "application/octet-stream", bytes, 1);
    report.add(BYTES_MB, figures.p50Micros() / 1e3, "ms");
  }

  private Load.Figures httpLoad(String tool, String type, Buffer body, int inFlight)
      throws IOException {
    Path file = Files.createTempFile("snakepit-bench", ".body");
    Files.write(file, body.getBytes());
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            HttpLoad.class.getName(),
            String.valueOf(subject.snakepit().httpPort()),
            "/v1/pools/default/tools/" + tool,
            type,
            file.toString(),
            String.valueOf(inFlight),
            String.valueOf(time.toMillis()));
    Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (InputStream out = process.getInputStream()) {
      String text = new String(out.readAllBytes(), StandardCharsets.UTF_8).strip();
      JsonObject json = new JsonObject(text.substring(text.lastIndexOf('\n') + 1));
      return new Load.Figures(
          json.getDouble("perSecond"),
          json.getDouble("p50Micros"),
          json.getDouble("p99Micros"),
          json.getLong("calls"));
    } finally {
      process.destroyForcibly();
      Files.deleteIfExists(file);
    }
  }
}
