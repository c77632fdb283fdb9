package io.snakepit.bridge;

import io.snakepit.bridge.LinkEnd.Cause;
import io.snakepit.bridge.v1.HostMessage;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import org.jspecify.annotations.Nullable;

/** One socket of a peer that speaks frames, attached or not. For the door's event loop. */
final class Connection {
  private final NetSocket socket;
  private final FrameReader reader;
  private @Nullable LinkEnd end;

  /** Hears the end of a connection; once. */
  @FunctionalInterface
  interface EndHandler {
    void ended(LinkEnd end);
  }

  Connection(NetSocket socket, long maxFrame, FrameReader.Sink sink, EndHandler onEnd) {
    this.socket = socket;
    this.reader = new FrameReader(maxFrame, sink);
    socket.exceptionHandler(failure -> noteFailure(failure));
    socket.closeHandler(closed -> onEnd.ended(end == null ? endOfFile() : end));
    socket.handler(this::read);
  }

  private void read(Buffer bytes) {
    if (end != null) {
      return;
    }
    try {
      reader.read(bytes);
    } catch (ProtocolException e) {
      close(new LinkEnd(Cause.PROTOCOL, String.valueOf(e.getMessage())));
    }
  }

  private void noteFailure(Throwable failure) {
    if (end == null) {
      end = new LinkEnd(Cause.RESET, String.valueOf(failure.getMessage()));
    }
  }

  private static LinkEnd endOfFile() {
    return new LinkEnd(Cause.END_OF_FILE, "the worker closed its connection");
  }

  /** Allows frames of that size from now on. */
  void allow(long maxFrame) {
    reader.allow(maxFrame);
  }

  void send(HostMessage header, Buffer body) {
    if (end != null) {
      return;
    }
    socket.write(Frames.head(header, body));
    if (!Frames.isInline(body)) {
      socket.write(body);
    }
  }

  void close() {
    close(new LinkEnd(Cause.CLOSED, "closed by the host"));
  }

  private void close(LinkEnd why) {
    if (end == null) {
      end = why;
      socket.close();
    }
  }

  /** Sends a last message and closes. */
  void sendAndClose(HostMessage last, LinkEnd why) {
    if (end == null) {
      end = why;
      socket.end(Frames.of(last));
    }
  }

  NetSocket socket() {
    return socket;
  }
}
