package io.snakepit.cli;

import io.snakepit.diagnostics.Percentiles;
import io.snakepit.diagnostics.PoolAdvice;
import io.snakepit.diagnostics.PoolSample;
import io.snakepit.diagnostics.PoolUse;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Text for people of how a pool was used, and what to do about it. */
final class ProfileText {
  private final PoolUse use;
  private final PoolAdvice advice;

  ProfileText(PoolUse use, PoolAdvice advice) {
    this.use = use;
    this.advice = advice;
  }

  @Override
  public String toString() {
    return head() + '\n' + figures() + '\n' + recommended();
  }

  private String head() {
    PoolSample now = use.last();
    PoolSample.Workers workers = now.workers();
    return "pool %s: %s, size %d, %sconcurrency %d; watched for %s s%n"
        .formatted(
            now.pool(),
            now.state(),
            workers.size(),
            workers.profile().isEmpty() ? "" : "profile " + workers.profile() + ", ",
            workers.concurrency(),
            Quantity.number(use.seconds()));
  }

  private String figures() {
    PoolSample.Durations durations = use.last().durations();
    return new TextTable(2, "", "mean", "peak")
            .row(
                "utilisation",
                Quantity.percent(use.meanUtilisation()),
                Quantity.percent(use.peakUtilisation()))
            .row(
                "busy workers",
                Quantity.number(use.meanBusy()),
                Quantity.number((double) use.peakBusy()))
            .row("calls waiting", "", Quantity.number((double) use.peakQueued()))
        + "\n"
        + new TextTable(1, "last 60 s", "p50", "p99")
            .row(times("queue wait", durations.queue()))
            .row(times("run time", durations.run()))
            .row(times("latency", durations.latency()))
        + "\n"
        + new TextTable(2, "", "")
            .row("calls", Quantity.number(use.callsPerSecond()) + "/s answered by workers")
            .row("", Quantity.number(use.offeredPerSecond()) + "/s came")
            .row("mean run time", Quantity.millis(use.meanRunMs()))
            .row("processor time", processorTime())
            .row("capacity", capacity())
            .row("errors", errors())
            .toString()
            .stripLeading();
  }

  private static String[] times(String name, Percentiles times) {
    return new String[] {name, Quantity.millis(times.p50()), Quantity.millis(times.p99())};
  }

  private String processorTime() {
    double share = use.cpuShare();
    return Double.isNaN(share)
        ? Quantity.number(share)
        : "%s of one for each busy worker, %s per call"
            .formatted(Quantity.percent(share), Quantity.millis(use.cpuMsPerCall()));
  }

  private String capacity() {
    double each = use.capacityPerWorker();
    return Quantity.number(each) + (Double.isNaN(each) ? "" : " calls/s per worker");
  }

  private String errors() {
    Map<String, Long> errors = new TreeMap<>(use.outcomes());
    errors.remove("OK");
    return errors.isEmpty()
        ? "none"
        : errors.entrySet().stream()
            .map(each -> each.getKey() + " " + each.getValue())
            .collect(Collectors.joining(", "));
  }

  private String recommended() {
    String reasons =
        advice.reasons().stream().map(each -> "\n  " + each).collect(Collectors.joining());
    return verdict() + recommendation() + reasons;
  }

  private String verdict() {
    return switch (advice.verdict()) {
      case NO_TRAFFIC, UNTOLD, NOT_SERVING -> "no recommendation";
      case TOO_SMALL -> "too small now";
      case TIGHT -> "it fits, with little to spare";
      case FITS -> "it fits";
      case TOO_LARGE -> "larger than need be";
    };
  }

  private String recommendation() {
    return advice.size() == null
        ? ""
        : "; recommended: size %d, profile %s, concurrency %d"
            .formatted(advice.size(), advice.profile(), advice.concurrency());
  }
}
