package io.snakepit.bench;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Load over HTTP, in a process of its own: one event loop, a keep-alive connection for each call in
 * flight, requests made beforehand, and of each answer only what tells where it ends is looked at.
 *
 * <p>Arguments: port, path, content type, body's file, calls in flight, milliseconds. Prints the
 * figures as JSON.
 */
public final class HttpLoad {
  private static final byte[] HEAD_END = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private HttpLoad() {}

  public static void main(String[] args) throws Exception {
    int port = Integer.parseInt(args[0]);
    Buffer request = request(args[1], args[2], Buffer.buffer(Files.readAllBytes(Path.of(args[3]))));
    int inFlight = Integer.parseInt(args[4]);
    Duration time = Duration.ofMillis(Long.parseLong(args[5]));
    Vertx vertx =
        Vertx.builder()
            .with(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(1))
            .build();
    Deque<Connection> idle = new ArrayDeque<>(Waiting.on(connect(vertx, port, request, inFlight)));
    var context = vertx.getOrCreateContext();
    // Warms up for as long as it measures.
    Waiting.on(Load.run(context, () -> call(idle), inFlight, time));
    Load.Figures figures = Waiting.on(Load.run(context, () -> call(idle), inFlight, time));
    System.out.println(
        new JsonObject()
            .put("perSecond", figures.perSecond())
            .put("p50Micros", figures.p50Micros())
            .put("p99Micros", figures.p99Micros())
            .put("calls", figures.calls()));
    Waiting.on(vertx.close());
  }

  private static Future<?> call(Deque<Connection> idle) {
    Connection connection = idle.removeFirst();
    return connection.call().onComplete(done -> idle.addFirst(connection));
  }

  private static Buffer request(String path, String type, Buffer body) {
    return Buffer.buffer(
            "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
                .formatted(path, type, body.length()))
        .appendBuffer(body);
  }

  private static Future<List<Connection>> connect(
      Vertx vertx, int port, Buffer request, int count) {
    Promise<List<Connection>> all = Promise.promise();
    vertx
        .getOrCreateContext()
        .runOnContext(
            go -> {
              NetClient client = vertx.createNetClient(new NetClientOptions().setTcpNoDelay(true));
              List<Future<NetSocket>> sockets = new ArrayList<>();
              for (int i = 0; i < count; i++) {
                sockets.add(client.connect(port, "127.0.0.1"));
              }
              Future.all(sockets)
                  .map(
                      done ->
                          sockets.stream()
                              .map(socket -> new Connection(socket.result(), request))
                              .toList())
                  .onComplete(all);
            });
    return all.future();
  }

  /** One call at a time over a connection that is kept. */
  private static final class Connection {
    private final NetSocket socket;
    private final Buffer request;
    private @Nullable Promise<Void> answer;
    private @Nullable Buffer head;
    private long missing;

    Connection(NetSocket socket, Buffer request) {
      this.socket = socket;
      this.request = request;
      socket.handler(this::received);
    }

    Future<Void> call() {
      Promise<Void> promise = Promise.promise();
      answer = promise;
      missing = -1;
      head = null;
      socket.write(request);
      return promise.future();
    }

    private void received(Buffer bytes) {
      if (missing < 0) {
        Buffer seen = head == null ? bytes : head.appendBuffer(bytes);
        int end = endOfHead(seen);
        if (end < 0) {
          head = seen.copy();
          return;
        }
        missing = end + contentLength(seen, end) - seen.length();
      } else {
        missing -= bytes.length();
      }
      Promise<Void> waiting = answer;
      if (missing == 0 && waiting != null) {
        answer = null;
        waiting.complete();
      }
    }

    private static int endOfHead(Buffer bytes) {
      for (int i = 0; i + HEAD_END.length <= bytes.length(); i++) {
        if (bytes.getByte(i) == '\r'
            && bytes.getByte(i + 1) == '\n'
            && bytes.getByte(i + 2) == '\r'
            && bytes.getByte(i + 3) == '\n') {
          return i + HEAD_END.length;
        }
      }
      return -1;
    }

    private static long contentLength(Buffer bytes, int end) {
      String text = bytes.getString(0, end, "ISO-8859-1");
      if (!text.startsWith("HTTP/1.1 200")) {
        throw new IllegalStateException("HTTP answered " + text);
      }
      int at = text.indexOf("content-length: ");
      int from = at + "content-length: ".length();
      return Long.parseLong(text.substring(from, text.indexOf('\r', from)));
    }
  }
}
