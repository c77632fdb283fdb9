package io.snakepit.diagnostics;

import io.snakepit.api.ErrorCode;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * Figures of a pool's use while it was watched. Pure.
 *
 * <p>The mean run time comes from Little's law: the calls seen running, over the calls answered per
 * second. That needs enough sightings; calls too short to be seen leave the server's own median.
 */
public final class PoolUse {
  /** Sightings of running calls without which the samples tell nothing. */
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
    last().calls().counters().keySet().stream().filter(PoolUse::isOutcome).forEach(this::count);
    this.cpuMs = cpu();
  }

  private static boolean isOutcome(String counter) {
    return counter.equals("OK") || ErrorCode.named(counter) != null;
  }

  private void count(String outcome) {
    long sum = 0;
    for (int i = 1; i < samples.size(); i++) {
      long before = samples.get(i - 1).calls().counters().getOrDefault(outcome, 0L);
      long now = samples.get(i).calls().counters().getOrDefault(outcome, 0L);
      // Less than before: the server was started anew meanwhile.
      sum += now < before ? now : now - before;
    }
    if (sum > 0) {
      outcomes.put(outcome, sum);
    }
  }

  /** Sums up the processor time of workers that two samples in a row have seen. */
  private double cpu() {
    double sum = Double.NaN;
    for (int i = 1; i < samples.size(); i++) {
      Map<String, PoolSample.Worker> before = samples.get(i - 1).workers().byId();
      for (Map.Entry<String, PoolSample.Worker> now : samples.get(i).workers().byId().entrySet()) {
        PoolSample.Worker earlier = before.get(now.getKey());
        double used = earlier == null ? Double.NaN : now.getValue().cpuMs() - earlier.cpuMs();
        if (used >= 0) {
          sum = Double.isNaN(sum) ? used : sum + used;
        }
      }
    }
    return sum;
  }

  /** Returns the latest sample. */
  public PoolSample last() {
    return samples.get(samples.size() - 1);
  }

  public double seconds() {
    return seconds;
  }

  /** Returns how often each outcome happened; without those that did not. */
  public Map<String, Long> outcomes() {
    return Map.copyOf(outcomes);
  }

  public long outcome(ErrorCode code) {
    return outcomes.getOrDefault(code.name(), 0L);
  }

  /** Returns the number of calls that a worker took, whatever came of them. */
  public long executed() {
    return total(false);
  }

  /** Returns the number of calls that were answered without having run. */
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

  /** Returns the mean share of the calls that could run at once, 0 to 1. */
  public double meanUtilisation() {
    return mean(PoolUse::utilisation);
  }

  public double peakUtilisation() {
    return samples.stream().mapToDouble(PoolUse::utilisation).max().orElse(0);
  }

  private static double utilisation(PoolSample sample) {
    PoolSample.Calls calls = sample.calls();
    return calls.capacity() == 0 ? 0 : (double) calls.running() / calls.capacity();
  }

  private static int busy(PoolSample sample) {
    return sample.workers().busy();
  }

  private static int running(PoolSample sample) {
    return sample.calls().running();
  }

  private static int queued(PoolSample sample) {
    return sample.calls().queued();
  }

  public double meanBusy() {
    return mean(PoolUse::busy);
  }

  public long peakBusy() {
    return peak(PoolUse::busy);
  }

  public long peakQueued() {
    return peak(PoolUse::queued);
  }

  /** Returns the largest number of calls that ran or waited. */
  public long peakPresent() {
    return peak(sample -> running(sample) + queued(sample));
  }

  public long peakRunning() {
    return peak(PoolUse::running);
  }

  /** Returns the share of the samples that saw calls waiting, 0 to 1. */
  public double queuedShare() {
    return mean(sample -> queued(sample) > 0 ? 1 : 0);
  }

  /** Returns the calls per second that workers answered. */
  public double callsPerSecond() {
    return executed() / seconds;
  }

  /** Returns the calls per second that came, with those that were refused, or wait since. */
  public double offeredPerSecond() {
    int waiting = Math.max(0, queued(last()) - queued(samples.get(0)));
    return (executed() + refused() + waiting) / seconds;
  }

  /** Returns the mean run time of calls in ms; NaN if nothing tells, or no call ended. */
  public double meanRunMs() {
    double sightings = samples.stream().mapToDouble(PoolUse::running).sum();
    if (executed() == 0) {
      return Double.NaN;
    }
    if (sightings >= SIGHTINGS) {
      return mean(PoolUse::running) / callsPerSecond() * MS_PER_SECOND;
    }
    double median = last().durations().run().p50();
    double told = Double.isNaN(median) ? last().durations().latency().p50() : median;
    return told > 0 ? told : Double.NaN;
  }

  /**
   * Returns the processor time of a busy worker: 1 is one processor all the time. NaN if nothing
   * tells.
   */
  public double cpuShare() {
    double sightings = samples.stream().mapToDouble(PoolUse::busy).sum();
    double busyMs =
        sightings >= SIGHTINGS
            ? meanBusy() * seconds * MS_PER_SECOND
            : executed() * meanRunMs() / last().workers().concurrency();
    return busyMs > 0 ? cpuMs / busyMs : Double.NaN;
  }

  /** Returns the processor time of a call in ms; NaN if nothing tells. */
  public double cpuMsPerCall() {
    return executed() == 0 ? Double.NaN : cpuMs / executed();
  }

  /** Returns the calls per second that one worker could answer; NaN if nothing tells. */
  public double capacityPerWorker() {
    return last().workers().concurrency() * MS_PER_SECOND / meanRunMs();
  }

  private double mean(ToDoubleFunction<PoolSample> figure) {
    return samples.stream().mapToDouble(figure).average().orElse(0);
  }

  private long peak(ToLongFunction<PoolSample> figure) {
    return samples.stream().mapToLong(figure).max().orElse(0);
  }

  /** Returns all figures; what is unknown is null. */
  public JsonObject toJson() {
    JsonObject counts = new JsonObject();
    outcomes.forEach(counts::put);
    PoolSample now = last();
    PoolSample.Workers workers = now.workers();
    PoolSample.Durations durations = now.durations();
    return new JsonObject()
        .put("pool", now.pool())
        .put("state", now.state())
        .put("profile", workers.profile().isEmpty() ? null : workers.profile())
        .put("concurrency", workers.concurrency())
        .put("size", workers.size())
        .put("seconds", Numbers.orNull(seconds))
        .put("samples", samples.size())
        .put("utilisation", pair(meanUtilisation(), peakUtilisation()))
        .put("busyWorkers", pair(meanBusy(), (double) peakBusy()))
        .put("peakQueued", peakQueued())
        .put("callsPerSecond", Numbers.orNull(callsPerSecond()))
        .put("offeredPerSecond", Numbers.orNull(offeredPerSecond()))
        .put("queueMs", durations.queue().toJson())
        .put("runMs", durations.run().toJson())
        .put("latencyMs", durations.latency().toJson())
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
