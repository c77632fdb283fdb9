package io.snakepit.bench;

import io.vertx.core.json.JsonObject;
import org.HdrHistogram.Histogram;

/**
 * Figures of one load generator.
 *
 * @param calls answered
 * @param nanos from the first call's start to the last answer
 * @param p50Micros median latency, from send to answer
 * @param p99Micros 99th percentile
 */
record Sample(long calls, long nanos, double p50Micros, double p99Micros) {
  static Sample of(Histogram latencies, long nanos) {
    return new Sample(
        latencies.getTotalCount(),
        nanos,
        latencies.getValueAtPercentile(50) / 1e3,
        latencies.getValueAtPercentile(99) / 1e3);
  }

  double perSecond() {
    return calls * 1e9 / nanos;
  }

  JsonObject toJson() {
    return new JsonObject()
        .put("calls", calls)
        .put("nanos", nanos)
        .put("p50Micros", p50Micros)
        .put("p99Micros", p99Micros);
  }

  static Sample fromJson(JsonObject json) {
    return new Sample(
        json.getLong("calls"),
        json.getLong("nanos"),
        json.getDouble("p50Micros"),
        json.getDouble("p99Micros"));
  }
}
