package io.snakepit.api;

import io.vertx.core.json.JsonObject;
import java.time.Duration;

/**
 * The end of a stream.
 *
 * @param call the call's id
 * @param worker the worker that ran the call
 * @param duration from the host's acceptance until the last chunk was taken
 * @param chunks how many there were
 */
public record StreamEnd(String call, String worker, Duration duration, long chunks) {

  /** Returns the call's duration in milliseconds, with fractions. */
  public double durationMs() {
    return duration.toNanos() / 1e6;
  }

  /** Returns the object {@code {"worker","durationMs","chunks"}}. */
  public JsonObject toJson() {
    return new JsonObject()
        .put("worker", worker)
        .put("durationMs", durationMs())
        .put("chunks", chunks);
  }
}
