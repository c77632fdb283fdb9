package io.snakepit.api;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * A piece of a stream: what a tool has yielded.
 *
 * @param contentType of {@code bytes}; empty means {@code application/json}
 * @param bytes the chunk as Python wrote it; nobody may write to it
 * @param hasReservedKey whether it is a JSON object with a key that begins with {@code $}
 */
public record Chunk(String contentType, Buffer bytes, boolean hasReservedKey) {

  /** Returns whether the tool yielded JSON rather than bytes of its own. */
  public boolean isJson() {
    return contentType.isEmpty() || contentType.equals(Call.JSON);
  }

  /**
   * Returns the chunk as a Java value: {@code JsonObject}, {@code JsonArray}, {@code String},
   * {@code Number}, {@code Boolean} or null. A tool's bytes are {@code {"$bytes": base64}}.
   *
   * @throws DecodeException if Python's JSON can't be read, which would be a fault of ours
   */
  public @Nullable Object json() {
    return isJson() ? HostJson.read(bytes) : new JsonObject().put("$bytes", base64());
  }

  /**
   * Returns the chunk as JSON text's bytes, among words of ours: as Python wrote it, {@code
   * {"$bytes": base64}}, or where it could be taken for such a word {@code {"$chunk": …}}. Without
   * line breaks.
   */
  public Buffer jsonBytes() {
    if (!isJson()) {
      return Buffer.buffer("{\"$bytes\":\"" + base64() + "\"}");
    }
    if (!hasReservedKey) {
      return bytes;
    }
    return Buffer.buffer(bytes.length() + 12)
        .appendString("{\"$chunk\":")
        .appendBuffer(bytes)
        .appendString("}");
  }

  private String base64() {
    return Base64.getEncoder().encodeToString(bytes.getBytes());
  }
}
