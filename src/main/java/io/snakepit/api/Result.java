package io.snakepit.api;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * A tool's answer.
 *
 * @param call the call's id
 * @param contentType of {@code bytes}; empty means {@code application/json}
 * @param bytes the result as Python wrote it; nobody may write to it
 * @param worker the worker that ran the call
 * @param duration from the host's acceptance to the answer
 */
public record Result(
    String call, String contentType, Buffer bytes, String worker, Duration duration) {

  /** Returns whether the tool answered with JSON rather than bytes of its own. */
  public boolean isJson() {
    return contentType.isEmpty() || contentType.equals(Call.JSON);
  }

  /**
   * Returns the result as a Java value: {@code JsonObject}, {@code JsonArray}, {@code String},
   * {@code Number}, {@code Boolean} or null. A tool's bytes are {@code {"$bytes": base64}}.
   *
   * @throws DecodeException if Python's JSON can't be read, which would be a fault of ours
   */
  public @Nullable Object json() {
    return isJson() ? HostJson.read(bytes) : new JsonObject().put("$bytes", base64());
  }

  /**
   * Returns the result as JSON text's bytes: as Python wrote them, or {@code {"$bytes": base64}}.
   */
  public Buffer jsonBytes() {
    return isJson() ? bytes : Buffer.buffer("{\"$bytes\":\"" + base64() + "\"}");
  }

  /** Returns the call's duration in milliseconds, with fractions. */
  public double durationMs() {
    return duration.toNanos() / 1e6;
  }

  private String base64() {
    return Base64.getEncoder().encodeToString(bytes.getBytes());
  }
}
