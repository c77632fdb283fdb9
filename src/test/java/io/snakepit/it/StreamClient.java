package io.snakepit.it;

import io.vertx.core.json.JsonObject;
import java.io.IOException;

/**
 * A consumer of streams by one of the doors, which takes one thing at a time. Blocks; for a test's
 * thread.
 */
interface StreamClient {

  /** What has come last: a chunk as JSON text, or one of the ends. */
  record Told(String chunk, JsonObject end, JsonObject error) {
    static Told chunk(String json) {
      return new Told(json, null, null);
    }

    static Told end(JsonObject end) {
      return new Told(null, end, null);
    }

    static Told error(JsonObject error) {
      return new Told(null, null, error);
    }

    boolean isChunk() {
      return chunk != null;
    }

    /** The error's code, or what has come instead. */
    String code() {
      return error == null ? toString() : error.getString("code");
    }
  }

  /** One stream. */
  interface Open extends AutoCloseable {
    /** The next thing, which is wanted from now on. */
    Told next() throws Exception;

    /** Wants no more, in the way of this door. */
    void cancel() throws Exception;

    /** Whatever is there to give back. */
    @Override
    void close() throws IOException;
  }

  /** Begins a stream, and takes nothing yet. A {@code timeoutMs} of 0 is the pool's. */
  Open open(String tool, JsonObject args, long timeoutMs) throws Exception;
}
