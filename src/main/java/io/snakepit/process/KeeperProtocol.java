package io.snakepit.process;

import io.snakepit.process.OutputLine.Source;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;

/**
 * The conversation with a keeper: frames of a big-endian length and a JSON object, as {@code
 * proto/README.md} describes them. Pure.
 */
final class KeeperProtocol {
  /** Bytes of the largest frame, in both directions. */
  static final int MAX_FRAME = 1024 * 1024;

  /** Bytes of the largest hello: who has not introduced itself gets no room. */
  static final int MAX_HELLO = 16 * 1024;

  private KeeperProtocol() {}

  static Buffer configure(KeeperOptions.Workers workers, Duration end) {
    return frame(
        order("configure")
            .put("pool", workers.pool())
            .put("startMethod", workers.startMethod().word())
            .put("adapter", workers.code().adapter())
            .put("preload", new JsonArray(workers.code().preload()))
            .put("pythonPath", new JsonArray(workers.code().pythonPath()))
            .put("socket", workers.socket().toString())
            .put("onUnserializable", workers.onUnserializable())
            .put("silenceMs", workers.silenceMs())
            .put("termGraceMs", end.toMillis())
            .put("profile", workers.calls().profile())
            .put("concurrency", workers.calls().concurrency())
            .put("tellMemory", workers.calls().tellMemory())
            .put("cancelGraceMs", workers.calls().cancelGraceMs())
            .put("threads", workers.limits().threads())
            .put(
                "limits",
                new JsonObject()
                    .put("memoryBytes", workers.limits().memoryBytes())
                    .put("cpus", workers.limits().cpus())));
  }

  static Buffer start(String worker, String token) {
    return frame(order("start").put("worker", worker).put("token", token));
  }

  static Buffer kill(String worker, int signal) {
    return frame(order("kill").put("worker", worker).put("signal", signal));
  }

  static Buffer dump(String worker) {
    return frame(order("dump").put("worker", worker));
  }

  static Buffer interrupt(String worker) {
    return frame(order("interrupt").put("worker", worker));
  }

  static Buffer roll() {
    return frame(order("roll"));
  }

  static Buffer spawnAfresh() {
    return frame(order("spawn"));
  }

  static Buffer stop() {
    return frame(order("stop"));
  }

  private static JsonObject order(String operation) {
    return new JsonObject().put("op", operation);
  }

  private static Buffer frame(JsonObject message) {
    Buffer body = message.toBuffer();
    if (body.length() > MAX_FRAME) {
      throw new IllegalArgumentException(
          "an order to a keeper must have at most %d bytes: got %d in %s"
              .formatted(MAX_FRAME, body.length(), message.getString("op")));
    }
    return Buffer.buffer(Integer.BYTES + body.length())
        .appendUnsignedInt(body.length())
        .appendBuffer(body);
  }

  /**
   * Reads the event that one frame holds.
   *
   * @throws KeeperProtocolException if a keeper would not say that
   */
  static KeeperEvent parse(Buffer body) throws KeeperProtocolException {
    try {
      JsonObject message = new JsonObject(body);
      return parse(message);
    } catch (DecodeException | ClassCastException | IllegalArgumentException e) {
      throw new KeeperProtocolException("a frame that is no event: " + e.getMessage());
    }
  }

  private static KeeperEvent parse(JsonObject message) {
    String event = text(message, "event");
    return switch (event) {
      case "hello" ->
          new KeeperEvent.Hello(
              text(message, "token"), number(message, "pid"), text(message, "python"));
      case "started" ->
          new KeeperEvent.Started(
              text(message, "worker"), number(message, "pid"), number(message, "startTicks"));
      case "startFailed" -> new KeeperEvent.StartFailed(text(message, "worker"), failure(message));
      case "exited" -> new KeeperEvent.Exited(text(message, "worker"), exit(message));
      case "line" -> new KeeperEvent.Line(text(message, "worker"), line(message));
      case "imported" -> new KeeperEvent.Imported(Duration.ofMillis(number(message, "ms")));
      case "importFailed" -> new KeeperEvent.ImportFailed(failure(message));
      case "fallback" -> new KeeperEvent.Fallback(texts(message, "reasons"));
      case "forkNotice" -> new KeeperEvent.ForkNotice(texts(message, "notices"));
      case "limits" ->
          new KeeperEvent.Limited(
              text(message, "memory"), text(message, "cpus"), message.getString("detail", ""));
      default -> throw new IllegalArgumentException("unknown event " + event);
    };
  }

  private static PythonFailure failure(JsonObject message) {
    return new PythonFailure(
        message.getString("type", ""),
        text(message, "message"),
        message.getString("traceback", ""));
  }

  private static Exit exit(JsonObject message) {
    if (message.containsKey("reason")) {
      return new Exit.Explained(text(message, "reason"));
    }
    if (message.containsKey("signal")) {
      return new Exit.Signal((int) number(message, "signal"));
    }
    return message.containsKey("status")
        ? new Exit.Status((int) number(message, "status"))
        : new Exit.Unknown();
  }

  private static OutputLine line(JsonObject message) {
    Source source = text(message, "stream").equals("stdout") ? Source.STDOUT : Source.STDERR;
    return new OutputLine(source, text(message, "text"), message.getLong("dropped", 0L));
  }

  private static String text(JsonObject message, String key) {
    if (message.getValue(key) instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException("no " + key);
  }

  private static List<String> texts(JsonObject message, String key) {
    JsonArray texts = message.getJsonArray(key);
    if (texts == null || texts.isEmpty()) {
      throw new IllegalArgumentException("no " + key);
    }
    return texts.stream().map(String.class::cast).toList();
  }

  private static long number(JsonObject message, String key) {
    Long value = message.getLong(key);
    if (value == null) {
      throw new IllegalArgumentException("no " + key);
    }
    return value;
  }
}
