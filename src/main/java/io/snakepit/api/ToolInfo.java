package io.snakepit.api;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;

/**
 * A tool that a pool offers.
 *
 * @param pool the name of the pool
 * @param inputSchema JSON Schema of its keyword arguments, from the type hints
 * @param stream whether it answers with a stream of chunks
 * @param kind {@code sync} or {@code async}
 * @param batch how its calls are taken together
 * @param upload whether it reads its arguments as they arrive
 * @param interrupt whether it may be interrupted
 */
public record ToolInfo(
    String pool,
    String name,
    String description,
    JsonObject inputSchema,
    boolean stream,
    String kind,
    Batch batch,
    boolean upload,
    boolean interrupt) {

  /** The name under which a worker tells of all calls that its adapter catches without a tool. */
  public static final String CAUGHT = "*";

  /**
   * Rule by which calls of a tool are taken together, as one list.
   *
   * @param size how many at a time; 0: they are taken one by one
   * @param waitMs how long a call waits for others to go with it
   */
  public record Batch(int size, long waitMs) {
    public static final Batch NONE = new Batch(0, 0);
  }

  /** Makes a tool that takes its calls one by one. */
  public ToolInfo(
      String pool,
      String name,
      String description,
      JsonObject inputSchema,
      boolean stream,
      String kind) {
    this(pool, name, description, inputSchema, stream, kind, Batch.NONE, false, true);
  }

  public ToolInfo {
    inputSchema = inputSchema.copy();
  }

  /** Returns a copy of the schema, which is the caller's to change. */
  @Override
  public JsonObject inputSchema() {
    return inputSchema.copy();
  }

  /** Returns whether the tool takes several calls at a time. */
  public boolean isBatched() {
    return batch.size() > 0;
  }

  /** Returns the tool as the event bus and HTTP answer it. */
  public JsonObject toJson() {
    JsonObject json = new JsonObject();
    json.put("pool", pool)
        .put("name", name)
        .put("description", description)
        .put("inputSchema", inputSchema())
        .put("stream", stream)
        .put("kind", kind);
    if (isBatched()) {
      json.put("batch", batch.size()).put("waitMs", batch.waitMs());
    }
    if (!interrupt) {
      json.put("interrupt", false);
    }
    return upload ? json.put("upload", true) : json;
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
        json.getString("kind", "sync"),
        new Batch(json.getInteger("batch", 0), json.getLong("waitMs", 0L)),
        json.getBoolean("upload", false),
        json.getBoolean("interrupt", true));
  }
}
