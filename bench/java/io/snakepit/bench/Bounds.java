package io.snakepit.bench;

import java.util.List;
import java.util.Locale;

/** What the figures of a run must reach, and whether they did. */
final class Bounds {
  /** A bound of a figure: at least or at most. */
  private record Bound(String what, double value, boolean atLeast, double limit) {
    boolean met() {
      return atLeast ? value >= limit : value <= limit;
    }

    String line() {
      String verdict = Double.isNaN(value) ? "not measured" : met() ? "met" : "MISSED";
      return String.format(
          Locale.ROOT,
          "%-64s %10.2f  %s %8.2f  %s%n",
          what,
          value,
          atLeast ? "≥" : "≤",
          limit,
          verdict);
    }
  }

  private Bounds() {}

  /** A table of all bounds. */
  static String table(Report r) {
    StringBuilder out = new StringBuilder("\nbounds (two cores)\n");
    all(r).forEach(bound -> out.append(bound.line()));
    return out.toString();
  }

  private static List<Bound> all(Report r) {
    return List.of(
        atLeast(
            "execute / floor, 1 in flight, 1 worker, on the pool's loop",
            r.ratio(Ways.POOL_LOOP, 1, 1),
            0.7),
        atLeast(
            "execute / floor, 1 in flight, 1 worker, on another loop",
            r.ratio(Ways.OTHER_LOOP, 1, 1),
            0.4),
        atLeast("execute / floor, 32 in flight, 2 workers", r.ratio(Ways.POOL_LOOP, 2, 32), 1.3),
        atLeast("HTTP / floor, 1 in flight", r.ratio(Ways.HTTP, 2, 1), 0.3),
        atLeast("HTTP / floor, 32 in flight", r.ratio(Ways.HTTP, 2, 32), 0.7),
        atMost(
            "execute p50 on another loop, 1 in flight, µs", r.p50Micros(Ways.OTHER_LOOP, 1, 1), 80),
        atMost(
            "a forked worker, request to ready, median, ms",
            r.value(StartFigures.FORKED_READY),
            15),
        atMost(
            "64 workers ready after the host is up, ms",
            r.value(StartFigures.start(64, "forkserver")),
            2_000),
        atMost(
            "private memory of an idle forked worker, KiB",
            r.value(StartFigures.WORKER_MEMORY),
            6 * 1024),
        atMost(
            "1 MB of bytes there and back through HTTP, p50, ms", r.value(EchoFigures.BYTES_MB), 5),
        atMost("./snakepit serve, warm, to ready, ms", r.value(HostFigures.SERVE), 2_500));
  }

  private static Bound atLeast(String what, double value, double limit) {
    return new Bound(what, value, true, limit);
  }

  private static Bound atMost(String what, double value, double limit) {
    return new Bound(what, value, false, limit);
  }
}
