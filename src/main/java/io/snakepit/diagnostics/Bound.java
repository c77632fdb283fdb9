package io.snakepit.diagnostics;

/**
 * A bound of a resource: what is left of it at one moment.
 *
 * @param source what bounds it, as an administrator knows it, such as {@code cgroup pids.max}
 * @param left in the resource's unit; NaN where unknown, infinite where nothing bounds it
 */
public record Bound(Resource resource, String source, double left) {

  static Bound of(Resource resource, String source, double limit, double used) {
    return new Bound(resource, source, Double.isInfinite(limit) ? limit : limit - used);
  }

  static Bound unknown(Resource resource, String source) {
    return new Bound(resource, source, Double.NaN);
  }
}
