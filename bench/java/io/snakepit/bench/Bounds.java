package io.snakepit.bench;

import io.snakepit.pool.QueueCosts;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/** The bounds of speed and memory that the project promises, and a check of a run against them. */
final class Bounds {
  private static final double MIB = 1024.0 * 1024;

  private Bounds() {}

  private enum Kind {
    AT_LEAST("at least"),
    AT_MOST("at most");

    final String words;

    Kind(String words) {
      this.words = words;
    }
  }

  private record Bound(
      String figure, Kind kind, double limit, String unit, ToDoubleFunction<Results> measured) {}

  /** A promise, and what came of it; {@code measured} is NaN if nothing did. */
  record Verdict(String figure, String bound, double measured, String unit, boolean met) {
    String word() {
      return Double.isNaN(measured) ? "not measured" : met ? "met" : "MISSED";
    }

    JsonObject toJson() {
      JsonObject json = new JsonObject().put("figure", figure).put("bound", bound);
      Figures.put(json, "measured", measured);
      return json.put("unit", unit).put("met", Double.isNaN(measured) ? null : (Boolean) met);
    }
  }

  private static final List<Bound> ALL =
      List.of(
          ratio("Snakepit.execute on the pool's loop / floor", Door.POOL_LOOP, 1, 1, 0.7),
          ratio("Snakepit.execute on another loop / floor", Door.OTHER_LOOP, 1, 1, 0.4),
          ratio("Snakepit.execute on the pool's loop / floor", Door.POOL_LOOP, 2, 32, 1.3),
          ratio("HTTP / floor", Door.HTTP, 1, 1, 0.3),
          ratio("HTTP / floor", Door.HTTP, 2, 32, 0.7),
          most(
              "Snakepit.execute on another loop, 1 in flight, p50",
              80,
              "µs",
              r -> call(r, Door.OTHER_LOOP, 1, 1, CallRow::p50Micros)),
          most("a forked worker, from request to ready", 15, "ms", Bounds::forkedStart),
          most("64 workers ready after the host is up", 2_000, "ms", r -> started(r, 64)),
          figure(StartsPart.AUDIT, Kind.AT_MOST, 20, "ms"),
          most("private memory of an idle forked worker", 6, "MiB", Bounds::idleMemory),
          most("1 MB of bytes through HTTP, p50", 3, "ms", Bounds::largeBytes),
          least(
              "64 MiB of bytes through HTTP, in and out together", 300, "MB/s", Bounds::hugeBytes),
          figure(StreamsPart.POOL_LOOP, Kind.AT_LEAST, 50_000, "/s"),
          figure(StreamsPart.OTHER_LOOP, Kind.AT_LEAST, 50_000, "/s"),
          figure(StreamsPart.NDJSON, Kind.AT_LEAST, 30_000, "/s"),
          figure(StreamsPart.HEAP, Kind.AT_MOST, 8, "MiB"),
          figure(StreamsPart.RSS, Kind.AT_MOST, 8, "MiB"),
          figure(StreamsPart.CANCEL, Kind.AT_MOST, 100, "ms"),
          figure(StreamsPart.DISCONNECT, Kind.AT_MOST, 100, "ms"),
          figure(HardeningPart.LIVE, Kind.AT_MOST, 100, "ms"),
          figure(HardeningPart.OTHERS, Kind.AT_LEAST, 99, "%"),
          figure(HardeningPart.HEAP, Kind.AT_MOST, 16, "MiB"),
          figure(HardeningPart.TOKENS, Kind.AT_MOST, 50, "ms"),
          figure(HardeningPart.NORMAL, Kind.AT_MOST, 0, ""),
          figure(HardeningPart.WORKERS, Kind.AT_MOST, 0, ""),
          figure(HardeningPart.KEEPER, Kind.AT_MOST, 1_000, "ms"),
          most(
              "the host's kill -9, 8 hostile workers, forkserver",
              250,
              "ms",
              r -> killed(r, StartMethods.FORKSERVER)),
          most(
              "the host's kill -9, 8 hostile workers, spawn",
              1_000,
              "ms",
              r -> killed(r, StartMethods.SPAWN)),
          most(
              "a worker's kill -9 until its replacement answers, forkserver",
              40,
              "ms",
              Bounds::recovery),
          most("250 workers ready, forkserver", 5_000, "ms", r -> started(r, 250)),
          most("detection of a hung worker, default settings", 10_000, "ms", Bounds::hang),
          most("host CPU, 100 idle workers with heartbeats", 1, "% of a core", Bounds::idle),
          most("host CPU of Snakepit.execute, 32 in flight, 2 workers", 15, "µs", Bounds::hostCpu),
          figure(PressurePart.ASYNC, Kind.AT_MOST, 250, "ms"),
          figure(PressurePart.CANCEL, Kind.AT_MOST, 20, "ms"),
          figure(PressurePart.BATCHES, Kind.AT_LEAST, 8, "times"),
          figure(PressurePart.STORM, Kind.AT_LEAST, 99, "%"),
          figure(PressurePart.WHOLE, Kind.AT_LEAST, 8, ""),
          most(PressurePart.QUEUE, 5, "times", Bounds::queueGrowth),
          most("./snakepit serve, warm, to ready", 2_500, "ms", Bounds::serve));

  private static Bound ratio(String figure, Door door, int workers, int inFlight, double limit) {
    String all =
        "%s, %d in flight, %d worker%s"
            .formatted(figure, inFlight, workers, workers == 1 ? "" : "s");
    return new Bound(
        all, Kind.AT_LEAST, limit, "", r -> call(r, door, workers, inFlight, CallRow::floorRatio));
  }

  private static Bound most(
      String figure, double limit, String unit, ToDoubleFunction<Results> measured) {
    return new Bound(figure, Kind.AT_MOST, limit, unit, measured);
  }

  private static Bound least(
      String figure, double limit, String unit, ToDoubleFunction<Results> measured) {
    return new Bound(figure, Kind.AT_LEAST, limit, unit, measured);
  }

  private static Bound figure(String name, Kind kind, double limit, String unit) {
    return new Bound(name, kind, limit, unit, results -> figure(results, name));
  }

  private static double figure(Results results, String name) {
    return first(results.figures, row -> row.name().equals(name), Results.Figure::value);
  }

  /**
   * Returns the host's CPU time of a call, under a load that keeps the loop busy: else most of it
   * is falling asleep and waking up.
   */
  private static double hostCpu(Results results) {
    return call(results, Door.POOL_LOOP, 2, 32, CallRow::hostCpuMicros);
  }

  /** Returns the growth of the kind of step whose cost grows most. */
  private static double queueGrowth(Results results) {
    if (results.queues.size() < 2) {
      return Double.NaN;
    }
    QueueCosts shortest = results.queues.get(0);
    QueueCosts longest = results.queues.get(results.queues.size() - 1);
    double submit = longest.submitNanos() / shortest.submitNanos();
    double cancel = longest.cancelNanos() / shortest.cancelNanos();
    double dispatch = longest.dispatchNanos() / shortest.dispatchNanos();
    return Math.max(submit, Math.max(cancel, dispatch));
  }

  /** Checks every promise against what a run has found. */
  static List<Verdict> check(Results results) {
    return ALL.stream().map(bound -> verdict(bound, results)).toList();
  }

  private static Verdict verdict(Bound bound, Results results) {
    double measured = bound.measured.applyAsDouble(results);
    boolean met = bound.kind == Kind.AT_LEAST ? measured >= bound.limit : measured <= bound.limit;
    String words = (bound.kind.words + " " + Figures.text(bound.limit) + " " + bound.unit).strip();
    return new Verdict(bound.figure, words, measured, bound.unit, met);
  }

  private static double call(
      Results results, Door door, int workers, int inFlight, ToDoubleFunction<CallRow> figure) {
    return first(
        results.calls,
        row -> row.door() == door && row.workers() == workers && row.inFlight() == inFlight,
        figure);
  }

  /** Returns a figure of the first row that fits; NaN if there is none. */
  private static <T> double first(List<T> rows, Predicate<T> fits, ToDoubleFunction<T> figure) {
    return rows.stream().filter(fits).mapToDouble(figure).findFirst().orElse(Double.NaN);
  }

  private static boolean isForked(Results.Recovery recovery) {
    return recovery.startMethod().equals(StartMethods.FORKSERVER);
  }

  private static double forkedStart(Results results) {
    return first(results.recoveries, Bounds::isForked, Results.Recovery::startMillis);
  }

  private static double recovery(Results results) {
    return first(results.recoveries, Bounds::isForked, Results.Recovery::recoveryMillis);
  }

  private static double killed(Results results, String method) {
    return first(
        results.hostKills,
        kill -> kill.hostile() && kill.startMethod().equals(method),
        Results.HostKill::millis);
  }

  private static double hang(Results results) {
    return first(results.hangs, any -> true, Results.Hang::foundMillis);
  }

  private static double idle(Results results) {
    return first(results.idles, any -> true, idle -> 100 * idle.share());
  }

  private static double started(Results results, int workers) {
    return first(
        results.starts,
        start -> start.startMethod().equals(StartMethods.FORKSERVER) && start.workers() == workers,
        Results.Start::millis);
  }

  private static double idleMemory(Results results) {
    return first(
        results.memory,
        memory ->
            memory.what().equals(MemoryPart.WORKER)
                && memory.startMethod().equals(StartMethods.FORKSERVER),
        memory -> memory.bytes() / MIB);
  }

  private static double largeBytes(Results results) {
    return p50Micros(results, Payloads.LARGE_BYTES) / 1e3;
  }

  /** Bytes per microsecond are megabytes per second. */
  private static double hugeBytes(Results results) {
    return 2.0 * Payloads.HUGE / p50Micros(results, Payloads.HUGE_BYTES);
  }

  private static double p50Micros(Results results, Payloads payload) {
    return first(results.large, row -> row.payload() == payload, row -> row.sample().p50Micros());
  }

  private static double serve(Results results) {
    return first(results.serves, any -> true, Results.Serve::millis);
  }
}
