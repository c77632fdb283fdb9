package io.snakepit.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;

/** What concerns a host as a process of its own: {@code ./snakepit serve}. */
final class HostFigures {
  static final String SERVE = "./snakepit serve, warm, to ready, median";
  static final String GONE = "host kill -9 until all of 8 workers and the keeper are gone, median";

  private static final int ROUNDS = 3;
  private static final long LIMIT_NANOS = 30_000_000_000L;
  private static final long LOOK_EVERY_NANOS = 500_000;
  private static final double NANOS_PER_MS = 1e6;

  private final Path launcher;
  private final Path data;
  private final Report report;

  HostFigures(Path launcher, Path data, Report report) {
    this.launcher = launcher;
    this.data = data;
    this.report = report;
  }

  /** Starts servers and kills them. */
  void measure() throws IOException {
    List<Double> ready = new ArrayList<>();
    List<Double> gone = new ArrayList<>();
    for (int round = 0; round <= ROUNDS; round++) {
      double readyMillis = round(gone, round > 0);
      // The first one may have to build.
      if (round > 0) {
        ready.add(readyMillis);
      }
    }
    report.add(SERVE, StartFigures.median(ready), "ms");
    report.add(GONE, StartFigures.median(gone), "ms");
  }

  private double round(List<Double> gone, boolean counts) throws IOException {
    String mark = UUID.randomUUID().toString();
    ProcessBuilder builder =
        new ProcessBuilder(launcher.toString(), "serve", "--port", "0", "--pool-size", "8");
    builder.environment().put("SNAKEPIT_DATA_DIR", data.toString());
    // Inherited by every process below, so that none can hide.
    builder.environment().put("BENCH_MARK", mark);
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    long start = System.nanoTime();
    Process host = builder.start();
    try (BufferedReader out = host.inputReader()) {
      awaitReady(out);
      double readyMillis = (System.nanoTime() - start) / NANOS_PER_MS;
      long killed = System.nanoTime();
      host.destroyForcibly();
      awaitGone(mark, killed);
      if (counts) {
        gone.add((System.nanoTime() - killed) / NANOS_PER_MS);
      }
      return readyMillis;
    } finally {
      host.destroyForcibly();
    }
  }

  private static void awaitReady(BufferedReader out) throws IOException {
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith("ready")) {
        return;
      }
    }
    throw new IllegalStateException("./snakepit serve ended before it was ready");
  }

  private static void awaitGone(String mark, long since) {
    while (!ProcessFigures.bearing("BENCH_MARK=" + mark).isEmpty()) {
      if (System.nanoTime() - since > LIMIT_NANOS) {
        throw new IllegalStateException("something outlived its host by 30 s");
      }
      LockSupport.parkNanos(LOOK_EVERY_NANOS);
    }
  }
}
