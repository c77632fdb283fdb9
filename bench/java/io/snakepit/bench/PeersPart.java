package io.snakepit.bench;

import java.nio.file.Path;
import java.util.List;

/**
 * Measures other ways to call Python, as far as they can be installed from the Python index into an
 * environment of their own below {@code target/}.
 */
final class PeersPart implements Part.Measurement {
  @Override
  public void run(Bed bed, Results results) {
    Venv venv = new Venv(bed, bed.project().resolve("target/bench-venv"));
    attempt(results, "grpcio", () -> new GrpcPeer(bed, venv).measure(results));
    attempt(results, "ray", () -> new RayPeer(bed, venv).measure(results));
  }

  private static void attempt(Results results, String peer, Runnable measurement) {
    try {
      measurement.run();
    } catch (RuntimeException e) {
      results.failures.add(new Results.Failure("peer " + peer, String.valueOf(e.getMessage())));
    }
  }

  /** Returns the numbers of calls in flight with a peer: alone, and many. */
  static List<Integer> inFlight(Plan plan) {
    List<Integer> all = plan.calls().inFlight();
    return List.of(all.get(0), all.get(all.size() - 1));
  }

  /** Returns the log of a peer, which writes a lot. */
  static Path log(Bed bed, String peer) {
    return bed.fresh(peer + ".log");
  }
}
