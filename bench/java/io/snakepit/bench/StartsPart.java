package io.snakepit.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures the time from the call of {@code Snakepit.start} until every worker is ready, in a JVM
 * that is up: the keeper's start and the import of the adapter are included. Also what the fork
 * server's look at that import takes.
 */
final class StartsPart implements Part.Measurement {
  static final String AUDIT = "the audit of an import, before the first fork";
  private static final int AUDITS = 9;

  @Override
  public void run(Bed bed, Results results) {
    // The very first start unpacks, loads classes and fills the page cache.
    BenchHost.start(bed, 1, StartMethods.FORKSERVER).close();
    int most = bed.plan().starts().workers().get(bed.plan().starts().workers().size() - 1);
    for (int workers : bed.plan().starts().workers()) {
      for (String method : StartMethods.ALL) {
        bed.say("starts: %d by %s".formatted(workers, method));
        int repeats =
            workers == most && method.equals(StartMethods.SPAWN)
                ? 1
                : bed.plan().starts().repeats();
        results.starts.add(
            new Results.Start(method, workers, measure(bed, workers, method, repeats)));
      }
    }
    int herd = bed.plan().starts().herd();
    bed.say("starts: %d by %s".formatted(herd, StartMethods.FORKSERVER));
    double millis = measure(bed, herd, StartMethods.FORKSERVER, 1);
    results.starts.add(new Results.Start(StartMethods.FORKSERVER, herd, millis));
    bed.say("starts: the audit of an import");
    results.add(AUDIT, "ms", audit(bed));
  }

  private static double audit(Bed bed) {
    List<Double> millis = new ArrayList<>();
    for (int i = 0; i < AUDITS; i++) {
      Path errors = bed.fresh("audit.log");
      Process process = bed.startScript("audit.py", bed.python(), errors);
      try {
        String said = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
        if (said.isEmpty()) {
          throw new IllegalStateException("the audit failed: " + Venv.lastLine(errors));
        }
        millis.add(Double.parseDouble(said));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return Median.of(millis);
  }

  private static double measure(Bed bed, int workers, String method, int repeats) {
    List<Double> millis = new ArrayList<>();
    for (int i = 0; i < repeats; i++) {
      try (BenchHost host = BenchHost.start(bed, workers, method)) {
        millis.add(host.startTime().toNanos() / 1e6);
      }
    }
    return Median.of(millis);
  }
}
