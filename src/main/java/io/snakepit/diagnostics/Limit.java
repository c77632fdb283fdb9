package io.snakepit.diagnostics;

import io.vertx.core.json.JsonObject;

/**
 * The number of workers that one bound allows.
 *
 * @param source what bounds it
 * @param available for all workers of the pool together, in the resource's unit; NaN where unknown,
 *     infinite without limit
 * @param perWorker what each takes of it; NaN where unknown
 */
public record Limit(Resource resource, String source, double available, double perWorker) {

  /** Returns the number of whole workers; NaN where unknown, infinite without limit. */
  public double allows() {
    if (Double.isInfinite(available) || perWorker == 0) {
      return Double.POSITIVE_INFINITY;
    }
    return Math.max(0, Math.floor(available / perWorker));
  }

  /** Returns whether the number of workers is known. */
  public boolean known() {
    return Double.isFinite(allows());
  }

  JsonObject toJson() {
    return new JsonObject()
        .put("resource", resource.title())
        .put("source", source)
        .put("limited", Double.isNaN(available) ? null : Double.isFinite(available))
        .put("available", Numbers.orNull(available))
        .put("perWorker", Numbers.orNull(perWorker))
        .put("allows", Numbers.wholeOrNull(allows()));
  }
}
