package io.snakepit.diagnostics;

import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * Percentiles of a duration in ms, over the server's last minute; NaN where the server does not
 * tell.
 */
public record Percentiles(double p50, double p99) {
  static Percentiles of(@Nullable JsonObject json) {
    return json == null
        ? new Percentiles(Double.NaN, Double.NaN)
        : new Percentiles(json.getDouble("p50", Double.NaN), json.getDouble("p99", Double.NaN));
  }

  JsonObject toJson() {
    return new JsonObject().put("p50", Numbers.orNull(p50)).put("p99", Numbers.orNull(p99));
  }
}
