package io.snakepit.diagnostics;

import java.util.List;
import java.util.stream.Collectors;

/** Recommended sizes for the two kinds of tools: those that compute, and those that wait. */
final class ScalingAdvice {
  /**
   * Share of what is there that a pool may take: the rest is for the calls' own memory, and others.
   */
  static final double SHARE = 0.8;

  /** Calls that wait at a time in one worker: few enough to be fair, many enough to matter. */
  static final int WAITING_CALLS = 16;

  private final ScalingReport report;
  private final int processors;
  private final int most;

  ScalingAdvice(ScalingReport report) {
    this.report = report;
    this.processors = report.byProcessors();
    this.most = comfortable(report.firstHard());
  }

  /**
   * Returns a comfortable number of workers: the configuration's own limit may be used up; of what
   * others share, something is left.
   */
  private static int comfortable(Limit limit) {
    double share = limit.resource() == Resource.CONFIGURATION ? 1 : SHARE;
    return (int) Math.max(1, Math.floor(limit.allows() * share));
  }

  List<Recommendation> give() {
    int size = Math.min(processors, most);
    return List.of(
        new Recommendation("compute", size, "process", 1, whyCompute(size)),
        new Recommendation("wait", size, "async or thread", WAITING_CALLS, whyWait(size)));
  }

  private String whyCompute(int size) {
    if (size < processors) {
      return "the processors would carry %,d, but %s does not"
          .formatted(processors, report.firstHard().source());
    }
    String what =
        report.subject().cpus() > 0
            ? "processors for %,d workers with limits.cpus each"
            : "%,d processors, one for each busy worker";
    return what.formatted(processors) + "; more only share them" + measured();
  }

  /** Returns what tells most: whether more workers got more done. */
  private String measured() {
    double one = report.scaling().first().callsPerSecond();
    String told =
        report.scaling().steps().stream()
            .skip(1)
            .filter(step -> step.callsPerSecond() > 0)
            .map(step -> "%,d did %.1f".formatted(step.workers(), step.callsPerSecond() / one))
            .collect(Collectors.joining(", "));
    return told.isEmpty() ? "" : " (measured: " + told + " times the calls of one)";
  }

  private String whyWait(int size) {
    int calls = size * WAITING_CALLS;
    return "a call that waits needs no processor: %,d of them share %,d %s; with profile process each needs a worker of its own, and at most %,d should run here"
        .formatted(calls, size, size == 1 ? "worker" : "workers", most);
  }
}
