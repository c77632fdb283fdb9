package io.snakepit.bench;

import java.util.ArrayList;
import java.util.List;

/**
 * Measures the time from the call of {@code Snakepit.start} until every worker is ready, in a JVM
 * that is up: the keeper's start and the import of the adapter are included.
 */
final class StartsPart implements Part.Measurement {
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
