package io.snakepit.it;

import io.vertx.core.json.JsonObject;
import java.io.IOException;

/**
 * A consumer of streams by one of the doors, which takes one message at a time. Blocks; for a
 * test's thread.
 */
interface StreamClient {

  /** The latest message of a stream: a chunk as JSON text, or one of the ends. */
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

  /** A stream that has begun. */
  interface Open extends AutoCloseable {
    /** Asks for the next message and waits for it. */
    Told next() throws Exception;

    /** Cancels the stream, in the way of this door. */
    void cancel() throws Exception;

    /** Closes what the client holds, if anything. */
    @Override
    void close() throws IOException;
  }

  /** Begins a stream, and takes nothing yet. A {@code timeoutMs} of 0 is the pool's. */
  Open open(String tool, JsonObject args, long timeoutMs) throws Exception;
}
