package io.snakepit.bench;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The number that every ratio refers to: {@code floor.py}, one process, one call in flight. */
final class Floor {
  private static final int HEADER = 12;

  private final Vertx vertx;
  private final String python;
  private final Path script;
  private final Buffer body;
  private @Nullable Promise<Buffer> pending;
  private long id;

  Floor(Vertx vertx, String python, Path script, Buffer body) {
    this.vertx = vertx;
    this.python = python;
    this.script = script;
    this.body = body;
  }

  /** Measures for a while, after warming up for as long. Blocks. */
  Load.Figures measure(Duration time) throws IOException {
    Path directory = Files.createTempDirectory("snakepit-bench");
    Path path = directory.resolve("floor.sock");
    Context context = vertx.getOrCreateContext();
    Promise<NetSocket> connected = Promise.promise();
    Promise<NetServer> listening = Promise.promise();
    context.runOnContext(
        go ->
            vertx
                .createNetServer()
                .connectHandler(connected::complete)
                .listen(SocketAddress.domainSocketAddress(path.toString()))
                .onComplete(listening));
    NetServer server = Waiting.on(listening.future());
    Process process =
        new ProcessBuilder(python, script.toString(), path.toString()).inheritIO().start();
    try {
      NetSocket socket = Waiting.on(connected.future());
      context.runOnContext(go -> socket.handler(this::answered));
      Waiting.on(Load.run(context, () -> call(socket), 1, time));
      return Waiting.on(Load.run(context, () -> call(socket), 1, time));
    } finally {
      process.destroyForcibly();
      Waiting.on(server.close());
      Files.deleteIfExists(path);
      Files.deleteIfExists(directory);
    }
  }

  private Future<?> call(NetSocket socket) {
    Promise<Buffer> answer = Promise.promise();
    pending = answer;
    socket.write(
        Buffer.buffer(HEADER + body.length())
            .appendLong(++id)
            .appendInt(body.length())
            .appendBuffer(body));
    return answer.future();
  }

  /** A small frame over a Unix socket arrives whole. */
  private void answered(Buffer frame) {
    Promise<Buffer> answer = pending;
    if (answer == null || frame.getLong(0) != id || frame.length() != HEADER + frame.getInt(8)) {
      throw new IllegalStateException("the floor answered what was not asked: " + frame);
    }
    answer.complete(frame.slice(HEADER, frame.length()));
  }
}
