package io.snakepit.diagnostics;

import io.vertx.core.json.JsonObject;

/**
 * Recommended configuration of a pool.
 *
 * @param tools for which kind of tools: {@code compute} or {@code wait}
 * @param size workers
 * @param profile process, thread or async; more than one word where either serves
 * @param concurrency calls at a time per worker
 * @param why one line for people
 */
public record Recommendation(String tools, int size, String profile, int concurrency, String why) {

  JsonObject toJson() {
    return new JsonObject()
        .put("tools", tools)
        .put("size", size)
        .put("profile", profile)
        .put("concurrency", concurrency)
        .put("why", why);
  }
}
