package io.snakepit.eventbus;

import io.snakepit.api.Call;
import io.snakepit.api.CallExecutor;
import io.snakepit.api.Chunk;
import io.snakepit.api.ChunkStream;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.SnakepitException;
import io.snakepit.api.StreamEnd;
import io.snakepit.bus.Addresses;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageProducer;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Table of the streams that go over the event bus, also to other members of its cluster. Their
 * consumers say by messages to one address of this host how many chunks they want; without, none is
 * sent. On the event loop of the door.
 */
final class StreamMessages {
  private static final Logger LOG = LoggerFactory.getLogger(StreamMessages.class);
  private static final String REPLY_TO = "replyTo";
  private static final String STREAM = "stream";
  private static final String CREDIT = "credit";
  private static final String CANCEL = "cancel";

  /** Keys that a request for a stream may have. */
  static final List<String> KEYS =
      Stream.concat(CallMessages.KEYS.stream(), Stream.of(REPLY_TO)).toList();

  /** Keys that a consumer's message about a stream may have. */
  static final List<String> CONTROL_KEYS = List.of(STREAM, CREDIT, CANCEL);

  private final Vertx vertx;
  private final CallExecutor executor;
  private final String control = Addresses.streams(UUID.randomUUID().toString());
  private final Map<String, ChunkStream> streams = new HashMap<>();

  StreamMessages(Vertx vertx, CallExecutor executor) {
    this.vertx = vertx;
    this.executor = executor;
  }

  /** Returns the address at which consumers say what they want. */
  String control() {
    return control;
  }

  /**
   * Begins a stream.
   *
   * @throws SnakepitException {@code INVALID_REQUEST}
   */
  Future<JsonObject> open(JsonObject body) {
    String replyTo = CallMessages.text(body, REPLY_TO);
    if (replyTo.isEmpty()) {
      throw CallMessages.invalid("replyTo must be the address that gets the chunks: got none");
    }
    boolean raw = body.getMap().get("args") instanceof Buffer;
    Call call = CallMessages.read(body);
    String id = UUID.randomUUID().toString();
    ChunkStream stream = executor.stream(call).pause();
    streams.put(id, stream);
    ChunkSender outlet = new ChunkSender(id, stream, vertx.eventBus().sender(replyTo), raw);
    vertx.runOnContext(replied -> outlet.open());
    return Future.succeededFuture(new JsonObject().put(STREAM, id).put("control", control));
  }

  /**
   * Grants credit to a stream, or cancels it, as its consumer wants.
   *
   * @throws SnakepitException {@code INVALID_REQUEST}, or {@code NOT_FOUND} if the stream is over
   */
  Future<JsonObject> control(JsonObject body) {
    String id = CallMessages.text(body, STREAM);
    ChunkStream stream = streams.get(id);
    if (id.isEmpty()) {
      throw CallMessages.invalid("stream must be the id of a stream: got none");
    }
    Object credit = body.getValue(CREDIT);
    if (Boolean.TRUE.equals(body.getValue(CANCEL))) {
      known(stream, id).cancel();
    } else if (isCount(credit)) {
      known(stream, id).fetch(((Number) credit).longValue());
    } else {
      throw CallMessages.invalid(
          "say either credit, a whole number of at least 1, or cancel: true: got " + body.encode());
    }
    return Future.succeededFuture(new JsonObject().put(STREAM, id));
  }

  /** Cancels all streams, whose consumers could not say any more what they want. */
  void cancelAll() {
    List.copyOf(streams.values()).forEach(ChunkStream::cancel);
  }

  private static boolean isCount(@Nullable Object value) {
    return (value instanceof Integer || value instanceof Long) && ((Number) value).longValue() > 0;
  }

  private static ChunkStream known(@Nullable ChunkStream stream, String id) {
    if (stream == null) {
      throw new SnakepitException(
          ErrorCode.NOT_FOUND, "there is no stream %s here, or it has ended".formatted(id));
    }
    return stream;
  }

  /** Sender of one stream's chunks to its consumer. */
  private final class ChunkSender {
    private final String id;
    private final ChunkStream stream;
    private final MessageProducer<JsonObject> consumer;
    private final boolean raw;
    private long sent;

    ChunkSender(String id, ChunkStream stream, MessageProducer<JsonObject> consumer, boolean raw) {
      this.id = id;
      this.stream = stream;
      this.consumer = consumer;
      this.raw = raw;
    }

    /** Sends what comes, once the consumer has been told the stream's id. */
    void open() {
      stream.handler(this::send);
      stream.end().onComplete(this::end, failure -> fail((SnakepitException) failure));
    }

    private void send(Chunk chunk) {
      Object body = raw ? chunk.jsonBytes() : value(chunk);
      write(message().put("seq", ++sent).put("chunk", body));
    }

    private static @Nullable Object value(Chunk chunk) {
      return chunk.hasReservedKey() ? new JsonObject().put("$chunk", chunk.json()) : chunk.json();
    }

    private void end(StreamEnd end) {
      streams.remove(id);
      write(message().put("end", end.toJson()));
    }

    private void fail(SnakepitException failure) {
      streams.remove(id);
      write(message().put("error", failure.toJson()));
    }

    private JsonObject message() {
      return new JsonObject().put(STREAM, id);
    }

    /** Cancels the stream if nobody is there to hear of it: nobody wants the rest. */
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
}
