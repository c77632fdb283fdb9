package io.snakepit.eventbus;

import io.snakepit.api.Call;
import io.snakepit.api.CallExecutor;
import io.snakepit.api.ChunkStream;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.Faults;
import io.snakepit.api.Shown;
import io.snakepit.api.SnakepitException;
import io.snakepit.bus.Addresses;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Table of the streams that go over the event bus, also to other members of its cluster. Their
 * consumers say by messages to one address of this host how many chunks they want; without, none is
 * sent. On the event loop of the door.
 */
final class StreamMessages {
  private static final String REPLY_TO = "replyTo";
  static final String STREAM = "stream";
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
  private final Map<String, ChunkSender> streams = new HashMap<>();

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
    boolean raw = CallMessages.isRaw(body);
    return CallMessages.isLarge(body)
        ? vertx
            .getOrCreateContext()
            .executeBlocking(() -> CallMessages.read(body), false)
            .onFailure(Faults::throwIfFatal)
            .map(call -> open(call, replyTo, raw))
        : Future.succeededFuture(open(CallMessages.read(body), replyTo, raw));
  }

  private JsonObject open(Call call, String replyTo, boolean raw) {
    String id = UUID.randomUUID().toString();
    ChunkStream stream = executor.stream(call).pause();
    ChunkSender sender = new ChunkSender(id, stream, vertx.eventBus().sender(replyTo), raw);
    streams.put(id, sender);
    Context here = vertx.getOrCreateContext();
    vertx.runOnContext(replied -> sender.open(here, streams::remove));
    return new JsonObject().put(STREAM, id).put("control", control);
  }

  /**
   * Grants credit to a stream, or cancels it, as its consumer wants.
   *
   * @throws SnakepitException {@code INVALID_REQUEST}, or {@code NOT_FOUND} if the stream is over
   */
  Future<JsonObject> control(JsonObject body) {
    String id = CallMessages.text(body, STREAM);
    ChunkSender stream = streams.get(id);
    if (id.isEmpty()) {
      throw CallMessages.invalid("stream must be the id of a stream: got none");
    }
    Object credit = body.getValue(CREDIT);
    if (Boolean.TRUE.equals(body.getValue(CANCEL))) {
      known(stream, id).cancel();
    } else if (isCount(credit)) {
      known(stream, id).grant(((Number) credit).longValue());
    } else {
      throw CallMessages.invalid(
          "say either credit, a whole number of at least 1, or cancel: true: got credit %s and cancel %s"
              .formatted(Shown.of(credit), Shown.of(body.getMap().get(CANCEL))));
    }
    return Future.succeededFuture(new JsonObject().put(STREAM, id));
  }

  /** Cancels all streams, whose consumers could not say any more what they want. */
  void cancelAll() {
    List.copyOf(streams.values()).forEach(ChunkSender::cancel);
  }

  private static boolean isCount(@Nullable Object value) {
    return (value instanceof Integer || value instanceof Long) && ((Number) value).longValue() > 0;
  }

  private static ChunkSender known(@Nullable ChunkSender stream, String id) {
    if (stream == null) {
      throw new SnakepitException(
          ErrorCode.NOT_FOUND,
          "there is no stream %s here, or it has ended".formatted(Shown.of(id)));
    }
    return stream;
  }
}
