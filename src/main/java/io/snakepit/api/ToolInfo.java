package io.snakepit.api;

import io.vertx.core.json.JsonObject;

/**
 * A tool that a pool offers.
 *
 * @param inputSchema JSON Schema of its keyword arguments, from the type hints
 * @param stream whether it answers with a stream of chunks
 * @param kind {@code sync} or {@code async}
 */
public record ToolInfo(
    String pool,
    String name,
    String description,
    JsonObject inputSchema,
    boolean stream,
    String kind) {

  public JsonObject toJson() {
    return new JsonObject()
        .put("pool", pool)
        .put("name", name)
        .put("description", description)
        .put("inputSchema", inputSchema)
        .put("stream", stream)
        .put("kind", kind);
  }

  /** Reads what a worker says of a tool; {@code pool} is the host's to add. */
  public static ToolInfo fromJson(String pool, JsonObject json) {
    return new ToolInfo(
        pool,
        json.getString("name"),
        json.getString("description", ""),
        json.getJsonObject("inputSchema", new JsonObject()),
        json.getBoolean("stream", false),
        json.getString("kind", "sync"));
  }
}
