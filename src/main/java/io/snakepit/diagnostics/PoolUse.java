package io.snakepit.diagnostics;

import io.snakepit.api.ErrorCode;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * How a pool was used while it was watched. Pure.
 *
 * <p>The mean run time comes from Little's law: the calls seen running, over the calls answered per
 * second. That needs enough sightings; calls too short to be seen leave the server's own median.
 */
public final class PoolUse {
  /** Fewer sightings of running calls than that tell nothing. */
  private static final double SIGHTINGS = 20;

  private static final double NANOS_PER_SECOND = 1e9;
  private static final double MS_PER_SECOND = 1e3;

  private final List<PoolSample> samples;
  private final Map<String, Long> outcomes = new TreeMap<>();
  private final double seconds;
  private final double cpuMs;

  /**
   * Takes samples in the order of their time.
   *
   * @param samples at least two
   */
  public PoolUse(List<PoolSample> samples) {
    if (samples.size() < 2) {
      throw new IllegalArgumentException("at least two samples: got " + samples.size());
    }
    this.samples = List.copyOf(samples);
    this.seconds = (last().atNanos() - samples.get(0).atNanos()) / NANOS_PER_SECOND;
    last().counters().keySet().stream().filter(PoolUse::isOutcome).forEach(this::count);
    this.cpuMs = cpu();
  }

  private static boolean isOutcome(String counter) {
    return counter.equals("OK") || ErrorCode.named(counter) != null;
  }

  private void count(String outcome) {
    long sum = 0;
    for (int i = 1; i < samples.size(); i++) {
      long before = samples.get(i - 1).counters().getOrDefault(outcome, 0L);
      long now = samples.get(i).counters().getOrDefault(outcome, 0L);
      // Less than before: the server was started anew meanwhile.
      sum += now < before ? now : now - before;
    }
    if (sum > 0) {
      outcomes.put(outcome, sum);
    }
  }

  /** Of workers that two samples in a row have seen. */
  private double cpu() {
    double sum = Double.NaN;
    for (int i = 1; i < samples.size(); i++) {
      Map<String, PoolSample.Worker> before = samples.get(i - 1).workers();
      for (Map.Entry<String, PoolSample.Worker> now : samples.get(i).workers().entrySet()) {
        PoolSample.Worker earlier = before.get(now.getKey());
        double used = earlier == null ? Double.NaN : now.getValue().cpuMs() - earlier.cpuMs();
        if (used >= 0) {
          sum = Double.isNaN(sum) ? used : sum + used;
        }
      }
    }
    return sum;
  }

  /** The latest sample. */
  public PoolSample last() {
    return samples.get(samples.size() - 1);
  }

  public double seconds() {
    return seconds;
  }

  /** How often each outcome happened; without those that did not. */
  public Map<String, Long> outcomes() {
    return Map.copyOf(outcomes);
  }

  public long outcome(ErrorCode code) {
    return outcomes.getOrDefault(code.name(), 0L);
  }

  /** Calls that a worker took, whatever came of them. */
  public long executed() {
    return total(false);
  }

  /** Calls that were answered without having run. */
  public long refused() {
    return total(true);
  }

  private long total(boolean neverRan) {
    return outcomes.entrySet().stream()
        .filter(each -> neverRan(each.getKey()) == neverRan)
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  private static boolean neverRan(String outcome) {
    ErrorCode code = ErrorCode.named(outcome);
    return code != null && code.retrySafe();
  }

  /** Share of the calls that could run at once, 0 to 1. */
  public double meanUtilisation() {
    return mean(PoolUse::utilisation);
  }

  public double peakUtilisation() {
    return samples.stream().mapToDouble(PoolUse::utilisation).max().orElse(0);
  }

  private static double utilisation(PoolSample sample) {
    return sample.capacity() == 0 ? 0 : (double) sample.running() / sample.capacity();
  }

  public double meanBusy() {
    return mean(PoolSample::busy);
  }

  public long peakBusy() {
    return peak(PoolSample::busy);
  }

  public long peakQueued() {
    return peak(PoolSample::queued);
  }

  /** Calls that ran or waited. */
  public long peakPresent() {
    return peak(sample -> sample.running() + sample.queued());
  }

  public long peakRunning() {
    return peak(PoolSample::running);
  }

  /** Share of the samples that saw calls waiting, 0 to 1. */
  public double queuedShare() {
    return mean(sample -> sample.queued() > 0 ? 1 : 0);
  }

  /** Calls that workers answered. */
  public double callsPerSecond() {
    return executed() / seconds;
  }

  /** Calls that came: also those that were refused, or wait since. */
  public double offeredPerSecond() {
    int waiting = Math.max(0, last().queued() - samples.get(0).queued());
    return (executed() + refused() + waiting) / seconds;
  }

  /** NaN if nothing tells, or no call ended. */
  public double meanRunMs() {
    double sightings = samples.stream().mapToDouble(PoolSample::running).sum();
    if (executed() == 0) {
      return Double.NaN;
    }
    if (sightings >= SIGHTINGS) {
      return mean(PoolSample::running) / callsPerSecond() * MS_PER_SECOND;
    }
    double median = last().runMs().p50();
    double told = Double.isNaN(median) ? last().latencyMs().p50() : median;
    return told > 0 ? told : Double.NaN;
  }

  /** Processor time of a busy worker: 1 is one processor all the time. NaN if nothing tells. */
  public double cpuShare() {
    double sightings = samples.stream().mapToDouble(PoolSample::busy).sum();
    double busyMs =
        sightings >= SIGHTINGS
            ? meanBusy() * seconds * MS_PER_SECOND
            : executed() * meanRunMs() / last().concurrency();
    return busyMs > 0 ? cpuMs / busyMs : Double.NaN;
  }

  /** Processor time of a call in ms; NaN if nothing tells. */
  public double cpuMsPerCall() {
    return executed() == 0 ? Double.NaN : cpuMs / executed();
  }

  /** Calls per second that one worker could answer; NaN if nothing tells. */
  public double capacityPerWorker() {
    return last().concurrency() * MS_PER_SECOND / meanRunMs();
  }

  private double mean(ToDoubleFunction<PoolSample> figure) {
    return samples.stream().mapToDouble(figure).average().orElse(0);
  }

  private long peak(ToLongFunction<PoolSample> figure) {
    return samples.stream().mapToLong(figure).max().orElse(0);
  }

  /** All figures; what is unknown is null. */
  public JsonObject toJson() {
    JsonObject counts = new JsonObject();
    outcomes.forEach(counts::put);
    PoolSample now = last();
    return new JsonObject()
        .put("pool", now.pool())
        .put("state", now.state())
        .put("profile", now.profile().isEmpty() ? null : now.profile())
        .put("concurrency", now.concurrency())
        .put("size", now.size())
        .put("seconds", Numbers.orNull(seconds))
        .put("samples", samples.size())
        .put("utilisation", pair(meanUtilisation(), peakUtilisation()))
        .put("busyWorkers", pair(meanBusy(), (double) peakBusy()))
        .put("peakQueued", peakQueued())
        .put("callsPerSecond", Numbers.orNull(callsPerSecond()))
        .put("offeredPerSecond", Numbers.orNull(offeredPerSecond()))
        .put("queueMs", now.queueMs().toJson())
        .put("runMs", now.runMs().toJson())
        .put("latencyMs", now.latencyMs().toJson())
        .put("meanRunMs", Numbers.orNull(meanRunMs()))
        .put("cpuShare", Numbers.orNull(cpuShare()))
        .put("cpuMsPerCall", Numbers.orNull(cpuMsPerCall()))
        .put("capacityPerWorker", Numbers.orNull(capacityPerWorker()))
        .put("outcomes", counts);
  }

  private static JsonObject pair(double mean, double peak) {
    return new JsonObject().put("mean", Numbers.orNull(mean)).put("peak", Numbers.orNull(peak));
  }
}
