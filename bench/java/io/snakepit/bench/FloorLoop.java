package io.snakepit.bench;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The least that a Python process can do: {@code floor.py}, at the other end of a Unix socket. Its
 * frames are an id of 8 bytes, a length of 4, and JSON. Close it.
 */
final class FloorLoop implements AutoCloseable {
  private static final int HEADER = 12;
  private static final int LENGTH_AT = 8;

  private final Vertx vertx =
      Vertx.builder()
          .with(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(1))
          .build();
  private final Context context = vertx.getOrCreateContext();
  private final Process process;
  private final NetSocket socket;
  private final Buffer body = Buffer.buffer(Payloads.ECHO.bytes());
  private @Nullable Promise<Buffer> pending;
  private long id;

  FloorLoop(Bed bed) {
    Path path = bed.fresh("floor.sock");
    Promise<NetSocket> dialled = Promise.promise();
    Promise<NetServer> listening = Promise.promise();
    context.runOnContext(go -> listen(path, dialled).onComplete(listening));
    Await.on(listening.future());
    process = bed.startScript("floor.py", bed.python(), path.toString());
    socket = Await.on(dialled.future());
  }

  private Future<NetServer> listen(Path path, Promise<NetSocket> dialled) {
    return vertx
        .createNetServer()
        .connectHandler(
            opened -> {
              opened.handler(this::answered);
              dialled.complete(opened);
            })
        .listen(SocketAddress.domainSocketAddress(path.toString()));
  }

  /** Makes calls one after the other, one in flight. */
  LoadSource load() {
    return Load.on(context, this::call);
  }

  private Future<Buffer> call() {
    Promise<Buffer> answer = Promise.promise();
    pending = answer;
    socket.write(
        Buffer.buffer(HEADER + body.length())
            .appendLong(++id)
            .appendInt(body.length())
            .appendBuffer(body));
    return answer.future();
  }

  /** Takes an answer, whose frame is small enough to arrive whole. */
  private void answered(Buffer frame) {
    Promise<Buffer> answer = pending;
    pending = null;
    if (answer == null) {
      throw new IllegalStateException("the floor answers what nobody asked: " + frame);
    }
    if (frame.getLong(0) == id && frame.length() == HEADER + frame.getInt(LENGTH_AT)) {
      answer.complete(frame.slice(HEADER, frame.length()));
    } else {
      answer.fail("the floor's answer is no frame of call " + id + ": " + frame);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    Await.on(vertx.close());
  }
}
