package io.snakepit.http;

import io.vertx.core.http.HttpMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A path with a method, such as {@code GET /v1/pools/{pool}}.
 *
 * @param segments of the path; one in braces matches any that isn't empty
 */
record Route(HttpMethod method, List<String> segments, Action action) {

  /** Action of a route. */
  @FunctionalInterface
  interface Action {
    /**
     * Answers, or sees to it that the request is answered.
     *
     * @param parameters the segments in braces, decoded, in their order
     */
    void handle(Exchange exchange, List<String> parameters);
  }

  static Route of(HttpMethod method, String path, Action action) {
    return new Route(method, split(path), action);
  }

  static List<String> split(String path) {
    return List.of(path.split("/", -1));
  }

  /** Returns the parameters in a path, still encoded; null if it is another route's path. */
  @Nullable List<String> match(List<String> path) {
    if (path.size() != segments.size()) {
      return null;
    }
    List<String> parameters = new ArrayList<>(2);
    for (int i = 0; i < path.size(); i++) {
      String actual = path.get(i);
      if (segments.get(i).startsWith("{")) {
        if (actual.isEmpty()) {
          return null;
        }
        parameters.add(actual);
      } else if (!segments.get(i).equals(actual)) {
        return null;
      }
    }
    return parameters;
  }

  /**
   * Returns whether this answers a method: a route that is for {@code GET} is for {@code HEAD} too.
   */
  boolean takes(HttpMethod asked) {
    return asked.equals(method) || (asked.equals(HttpMethod.HEAD) && method.equals(HttpMethod.GET));
  }

  /** Adds the methods that {@code Allow} names for this path. */
  void addMethods(Set<String> methods) {
    methods.add(method.name());
    methods.add(HttpMethod.OPTIONS.name());
    if (method.equals(HttpMethod.GET)) {
      methods.add(HttpMethod.HEAD.name());
    }
  }
}
