package io.snakepit.diagnostics;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Report of how many workers a machine carries: what was measured of a few, laid over what is left
 * of each resource. Pure.
 *
 * @param limits one for each bound, in the order they were read
 * @param recommendations for tools that compute, then for tools that wait
 */
public record ScalingReport(
    Subject subject, Scaling scaling, List<Limit> limits, List<Recommendation> recommendations) {

  public ScalingReport {
    limits = List.copyOf(limits);
    recommendations = List.copyOf(recommendations);
  }

  /** Computes the report. */
  public static ScalingReport of(Subject subject, Scaling scaling) {
    List<Limit> limits = new ArrayList<>();
    scaling.bounds().forEach(bound -> limits.add(limit(bound, subject, scaling)));
    limits.add(new Limit(Resource.CONFIGURATION, "pools.*.size", subject.maxWorkers(), 1));
    ScalingReport bare = new ScalingReport(subject, scaling, limits, List.of());
    return new ScalingReport(subject, scaling, limits, new ScalingAdvice(bare).give());
  }

  /** Returns the limit of a bound: the measured workers have a part already of what is left. */
  private static Limit limit(Bound bound, Subject subject, Scaling scaling) {
    Resource resource = bound.resource();
    double measured = scaling.perWorker(resource);
    if (resource == Resource.CPU) {
      double each = subject.cpus() > 0 ? Math.min(subject.cpus(), 1) : 1;
      return new Limit(resource, bound.source(), bound.left(), each);
    }
    double held = scaling.last().workers() * measured;
    double available = Double.isInfinite(bound.left()) ? bound.left() : bound.left() + held;
    double each =
        resource == Resource.MEMORY ? Math.max(measured, (double) subject.memoryBytes()) : measured;
    return new Limit(resource, bound.source(), available, each);
  }

  /**
   * Returns the limit that allows the fewest workers of all; the configuration's own is always
   * there.
   */
  public Limit first() {
    return tightest(true);
  }

  /** Returns the limit beyond which no worker starts at all. */
  public Limit firstHard() {
    return tightest(false);
  }

  private Limit tightest(boolean shared) {
    return limits.stream()
        .filter(Limit::known)
        .filter(each -> shared || each.resource().hard())
        .min(Comparator.comparingDouble(Limit::allows))
        .orElseThrow();
  }

  /** Returns how much later a pool is ready for one more worker, in ms; NaN where unknown. */
  public double startMsPerWorker() {
    return scaling.startMsPerWorker();
  }

  /** Returns the number of workers that the processors carry; at least one. */
  int byProcessors() {
    double fewest =
        limits.stream()
            .filter(each -> each.resource() == Resource.CPU && each.known())
            .mapToDouble(Limit::allows)
            .min()
            .orElse(1);
    return (int) Math.max(1, fewest);
  }

  /** Returns all figures; what is unknown is null. Memory in bytes, times in ms. */
  public JsonObject toJson() {
    return new JsonObject()
        .put("pool", subject.pool())
        .put("adapter", subject.adapter())
        .put("steps", array(scaling.steps().stream().map(ScalingReport::step).toList()))
        .put("perWorker", perWorker())
        .put("limits", array(limits.stream().map(Limit::toJson).toList()))
        .put("firstLimit", first().toJson())
        .put("firstHardLimit", firstHard().toJson())
        .put(
            "recommendations",
            array(recommendations.stream().map(Recommendation::toJson).toList()));
  }

  private static JsonArray array(List<JsonObject> objects) {
    return new JsonArray(new ArrayList<>(objects));
  }

  private static JsonObject step(Step step) {
    return new JsonObject()
        .put("workers", step.workers())
        .put("startMs", Numbers.orNull(step.startMs()))
        .put("callsPerSecond", Numbers.orNull(step.callsPerSecond()))
        .put("privateBytes", Numbers.wholeOrNull(step.worker().privateBytes()))
        .put("pssBytes", Numbers.wholeOrNull(step.worker().pssBytes()))
        .put("hostFiles", Numbers.wholeOrNull(step.hostFiles()))
        .put("keeperFiles", Numbers.wholeOrNull(step.keeperFiles()))
        .put("forkServerFiles", Numbers.wholeOrNull(step.forkServerFiles()));
  }

  private JsonObject perWorker() {
    Footprint worker = scaling.last().worker();
    return new JsonObject()
        .put("privateBytes", Numbers.wholeOrNull(worker.privateBytes()))
        .put("pssBytes", Numbers.wholeOrNull(worker.pssBytes()))
        .put("startMs", Numbers.orNull(scaling.startMsPerWorker()))
        .put("processes", Numbers.orNull(worker.processes()))
        .put("tasks", Numbers.orNull(worker.tasks()))
        .put("files", Numbers.orNull(worker.files()))
        .put("hostFiles", Numbers.orNull(scaling.perWorker(Resource.HOST_FILES)))
        .put("keeperFiles", Numbers.orNull(scaling.perWorker(Resource.KEEPER_FILES)))
        .put("forkServerFiles", Numbers.orNull(scaling.perWorker(Resource.FORK_SERVER_FILES)));
  }
}
