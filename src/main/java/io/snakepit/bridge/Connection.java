package io.snakepit.bridge;

import io.snakepit.bridge.LinkEnd.Cause;
import io.snakepit.bridge.v1.HostMessage;
import io.snakepit.bridge.v1.WorkerMessage;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One socket of a peer that speaks frames, attached or not. For the door's event loop. */
final class Connection {
  private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

  /** How much of a large body is written at a time. */
  private static final int SLICE_BYTES = 128 * 1024;

  private final NetSocket socket;
  private final FrameReader.Sink sink;
  private final FrameReader reader;
  private final Handler<Throwable> writeFailed = this::noteFailedWrite;
  private @Nullable LinkEnd end;

  /** Hears the end of a connection; once. */
  @FunctionalInterface
  interface EndHandler {
    void ended(LinkEnd end);
  }

  Connection(NetSocket socket, long maxFrame, FrameReader.Sink sink, EndHandler onEnd) {
    this.socket = socket;
    this.sink = sink;
    this.reader = new FrameReader(maxFrame, this::handOn);
    socket.exceptionHandler(this::noteFailure);
    socket.closeHandler(closed -> onEnd.ended(endOrEndOfFile()));
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
    } catch (RuntimeException e) {
      // The reader stopped amid its frames: whoever went on would hand some of them on twice.
      LOG.error("a message could not be taken; its connection is closed", e);
      close(new LinkEnd(Cause.CLOSED, "closed by the host, which failed: " + e));
    }
  }

  /** Several frames may have arrived at once, and one of them may have closed the connection. */
  private void handOn(WorkerMessage header, Buffer body) throws ProtocolException {
    if (end == null) {
      sink.frame(header, body);
    }
  }

  private void noteFailure(Throwable failure) {
    if (end == null) {
      String message = String.valueOf(failure.getMessage());
      boolean reset = failure instanceof IOException && message.contains("reset");
      end = new LinkEnd(reset ? Cause.RESET : Cause.END_OF_FILE, message);
    }
  }

  /** What was written never reached the peer as a whole: as good as a reset. */
  private void noteFailedWrite(Throwable failure) {
    if (end == null) {
      end = new LinkEnd(Cause.RESET, "a write failed: " + failure.getMessage());
    }
  }

  private LinkEnd endOrEndOfFile() {
    if (end == null) {
      end = new LinkEnd(Cause.END_OF_FILE, "the worker closed its connection");
    }
    return end;
  }

  /** Allows frames of that size from now on. */
  void allow(long maxFrame) {
    reader.allow(maxFrame);
  }

  /**
   * Sends a frame.
   *
   * @return completes once it is written; fails if it can't be
   */
  Future<Void> send(HostMessage header, Buffer body) {
    if (end != null) {
      return Future.failedFuture(end.message());
    }
    Future<Void> written = socket.write(Frames.head(header, body)).onFailure(writeFailed);
    return Frames.isInline(body) ? written : sendBody(body);
  }

  /**
   * In slices, which the socket takes one by one as the peer reads. Written at once, all of a body
   * would first be copied into memory outside the heap.
   */
  private Future<Void> sendBody(Buffer body) {
    int from = 0;
    for (; body.length() - from > SLICE_BYTES; from += SLICE_BYTES) {
      socket.write(body.slice(from, from + SLICE_BYTES)).onFailure(writeFailed);
    }
    return socket.write(body.slice(from, body.length())).onFailure(writeFailed);
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

  /** Whether the peer has begun a frame that it has not sent to its end. */
  boolean isWithinFrame() {
    return reader.isWithinFrame();
  }

  NetSocket socket() {
    return socket;
  }
}
