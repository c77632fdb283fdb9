package io.snakepit.eventbus;

import io.snakepit.api.Chunk;
import io.snakepit.api.ChunkStream;
import io.snakepit.api.Faults;
import io.snakepit.api.SnakepitException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.eventbus.MessageProducer;
import io.vertx.core.json.JsonObject;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sender of one stream's chunks to its consumer, in their order, as many as there is credit for. A
 * large one is read, and copied or written by the event bus, off the event loop; the stream waits
 * meanwhile. On the event loop of the door.
 */
final class ChunkSender {
  private static final Logger LOG = LoggerFactory.getLogger(ChunkSender.class);

  private final String id;
  private final ChunkStream stream;
  private final MessageProducer<JsonObject> consumer;
  private final boolean raw;
  private long sent;

  /** Chunks that the consumer wants besides those that it got; the most stands for no bound. */
  private long credit;

  /** The sending of the last large chunk, which all that comes after waits for. */
  private Future<?> sending = Future.succeededFuture();

  /** True while the stream waits for that sending; it gets no credit before. */
  private boolean waits;

  /**
   * @param stream paused
   * @param raw whether chunks go as Python wrote them
   */
  ChunkSender(String id, ChunkStream stream, MessageProducer<JsonObject> consumer, boolean raw) {
    this.id = id;
    this.stream = stream;
    this.consumer = consumer;
    this.raw = raw;
  }

  /**
   * Sends what comes, once the consumer has been told the stream's id.
   *
   * @param home the context that this is called on
   * @param over told the id when the stream has ended
   */
  void open(Context home, Consumer<String> over) {
    stream.handler(chunk -> send(home, chunk));
    stream
        .end()
        .onComplete(
            end -> end(over, message().put("end", end.toJson())),
            failure -> end(over, message().put("error", ((SnakepitException) failure).toJson())));
  }

  /** Has as many more chunks sent. */
  void grant(long chunks) {
    credit = credit + chunks < 0 ? Long.MAX_VALUE : credit + chunks;
    if (!waits) {
      stream.fetch(chunks);
    }
  }

  void cancel() {
    stream.cancel();
  }

  private void send(Context home, Chunk chunk) {
    long seq = ++sent;
    credit -= credit == Long.MAX_VALUE ? 0 : 1;
    if (!LargeBodies.isLarge(chunk.bytes())) {
      write(told(chunk, seq));
      return;
    }
    stream.pause();
    waits = true;
    sending =
        home.<Void>executeBlocking(
            () -> {
              write(told(chunk, seq));
              return null;
            },
            false);
    sending.onComplete(done -> goOn(), this::giveUp);
  }

  private void goOn() {
    waits = false;
    stream.fetch(credit);
  }

  private void giveUp(Throwable unreadable) {
    LOG.error("stream {}: a chunk could not be sent by a fault of the host", id, unreadable);
    stream.cancel();
    Faults.throwIfFatal(unreadable);
  }

  private JsonObject told(Chunk chunk, long seq) {
    return message().put("seq", seq).put("chunk", raw ? chunk.jsonBytes() : value(chunk));
  }

  private static @Nullable Object value(Chunk chunk) {
    return chunk.hasReservedKey() ? new JsonObject().put("$chunk", chunk.json()) : chunk.json();
  }

  private void end(Consumer<String> over, JsonObject last) {
    over.accept(id);
    sending.onComplete(sent -> write(last));
  }

  private JsonObject message() {
    return new JsonObject().put(StreamMessages.STREAM, id);
  }

  /** Cancels the stream if nobody is there to hear of it: nobody wants the rest. Any thread. */
  private void write(JsonObject message) {
    consumer
        .write(message)
        .onFailure(
            lost -> {
              LOG.debug("stream {}: its consumer is gone: {}", id, lost.getMessage());
              stream.cancel();
            });
  }
}
