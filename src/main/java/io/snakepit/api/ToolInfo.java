package io.snakepit.api;

import io.vertx.core.json.DecodeException;
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

  public ToolInfo {
    inputSchema = inputSchema.copy();
  }

  /** A copy: the caller's to change. */
  @Override
  public JsonObject inputSchema() {
    return inputSchema.copy();
  }

  public JsonObject toJson() {
    return new JsonObject()
        .put("pool", pool)
        .put("name", name)
        .put("description", description)
        .put("inputSchema", inputSchema())
        .put("stream", stream)
        .put("kind", kind);
  }

  /**
   * Reads what a worker says of a tool; {@code pool} is the host's to add.
   *
   * @throws DecodeException if it has no name
   * @throws ClassCastException if a part is of the wrong type
   */
  public static ToolInfo fromJson(String pool, JsonObject json) {
    String name = json.getString("name", "");
    if (name.isEmpty()) {
      throw new DecodeException("a tool without a name");
    }
    return new ToolInfo(
        pool,
        name,
        json.getString("description", ""),
        json.getJsonObject("inputSchema", new JsonObject()),
        json.getBoolean("stream", false),
        json.getString("kind", "sync"));
  }
}
