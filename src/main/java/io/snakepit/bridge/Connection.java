package io.snakepit.bridge;

import io.snakepit.api.Faults;
import io.snakepit.bridge.LinkEnd.Cause;
import io.snakepit.bridge.v1.HostMessage;
import io.snakepit.bridge.v1.WorkerMessage;
import io.snakepit.vertx.Reading;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A socket on which a peer speaks frames. What it says is heard by one listener after the other: by
 * who judges it, and once it is admitted by whom it was let in for. For the acceptor's event loop.
 */
final class Connection {
  private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

  /** The bytes of a large body that are written at a time. */
  private static final int SLICE_BYTES = 128 * 1024;

  private final NetSocket socket;
  private final FrameReader reader;
  private final Handler<Throwable> writeFailed = this::noteFailedWrite;
  private Listener listener;
  private long maxFrame;
  private @Nullable LinkEnd end;

  /** Hears a peer's messages, and how its connection has ended. */
  interface Listener {
    /**
     * Tells a message.
     *
     * @throws ProtocolException if it has no place here: the connection is then closed
     */
    void received(WorkerMessage message, Buffer body) throws ProtocolException;

    /**
     * Decides on the large body of a message that is about to be received.
     *
     * @param here whether it has come already
     */
    Intake announced(WorkerMessage message, int bodyBytes, boolean here) throws ProtocolException;

    /** Tells that the connection has ended. Once, and nothing comes after. */
    void ended(LinkEnd end);
  }

  /**
   * Serves a socket from now on.
   *
   * @param maxFrame bytes of the largest frame in either direction until the peer is admitted
   * @param first hears the peer until then
   */
  Connection(NetSocket socket, long maxFrame, Listener first) {
    this.socket = socket;
    this.maxFrame = maxFrame;
    this.listener = first;
    this.reader = new FrameReader(maxFrame, this::handOn);
    this.reader.gate((header, bytes, here) -> listener.announced(header, bytes, here));
    socket.exceptionHandler(this::noteFailure);
    socket.closeHandler(closed -> listener.ended(endOrEndOfFile()));
    socket.handler(this::read);
  }

  /**
   * Hands all that comes from now on to another listener: the peer is known.
   *
   * @param maxFrame bytes of the largest frame in either direction from now on
   */
  void admit(Listener known, long maxFrame) {
    listener = known;
    this.maxFrame = maxFrame;
    reader.allow(maxFrame);
  }

  private void read(Buffer bytes) {
    if (end != null) {
      return;
    }
    guarded(() -> reader.read(bytes));
    if (reader.isWaiting()) {
      Reading.stop(socket);
    }
  }

  /** Asks again about a body that waits, and reads on if it may. */
  void readOn() {
    if (end == null && reader.isWaiting()) {
      guarded(reader::readOn);
      if (!reader.isWaiting()) {
        Reading.goOn(socket);
      }
    }
  }

  /** A step of the reader's. */
  private interface Step {
    void run() throws ProtocolException;
  }

  private void guarded(Step reading) {
    try {
      reading.run();
    } catch (ProtocolException e) {
      close(new LinkEnd(Cause.PROTOCOL, String.valueOf(e.getMessage())));
    } catch (Throwable thrown) {
      // The reader stopped amid its frames: whoever went on would hand some of them on twice.
      LOG.error("a message could not be taken; its connection is closed", thrown);
      close(new LinkEnd(Cause.CLOSED, "closed by the host, which failed: " + thrown));
      Faults.throwIfFatal(thrown);
    }
  }

  /** Drops a frame that has arrived together with one that has closed the connection. */
  private void handOn(WorkerMessage header, Buffer body) throws ProtocolException {
    if (end == null) {
      listener.received(header, body);
    }
  }

  private void noteFailure(Throwable failure) {
    if (end == null) {
      String message = String.valueOf(failure.getMessage());
      boolean reset = failure instanceof IOException && message.contains("reset");
      end = new LinkEnd(reset ? Cause.RESET : Cause.END_OF_FILE, message);
    }
    Faults.throwIfFatal(failure);
  }

  /** Takes a failed write for a reset: what was written never reached the peer as a whole. */
  private void noteFailedWrite(Throwable failure) {
    if (end == null) {
      end = new LinkEnd(Cause.RESET, "a write failed: " + failure.getMessage());
    }
    Faults.throwIfFatal(failure);
  }

  private LinkEnd endOrEndOfFile() {
    if (end == null) {
      end = new LinkEnd(Cause.END_OF_FILE, "the worker closed its connection");
    }
    return end;
  }

  /**
   * Sends a frame.
   *
   * @return completes once it is written; fails if it can't be
   * @throws FrameTooLargeException if the peer would not accept it; then nothing was written
   */
  Future<Void> send(HostMessage header, Buffer body) {
    if (end != null) {
      return Future.failedFuture(end.message());
    }
    if (body.length() > maxFrame - Protocol.MAX_HEADER_BYTES) {
      throw new FrameTooLargeException(
          "a body of %d bytes, where a worker takes frames of %d"
              .formatted(body.length(), maxFrame));
    }
    Future<Void> written = socket.write(Frames.head(header, body)).onFailure(writeFailed);
    return Frames.isInline(body) ? written : sendBody(body);
  }

  /**
   * Writes a body in slices, which the socket takes one by one as the peer reads. Written at once,
   * all of it would first be copied into memory outside the heap.
   */
  private Future<Void> sendBody(Buffer body) {
    int from = 0;
    for (; body.length() - from > SLICE_BYTES; from += SLICE_BYTES) {
      socket.write(body.slice(from, from + SLICE_BYTES)).onFailure(writeFailed);
    }
    return socket.write(body.slice(from, body.length())).onFailure(writeFailed);
  }

  /** Closes the connection, which ends as {@link Cause#CLOSED}. */
  void close() {
    close(new LinkEnd(Cause.CLOSED, "closed by the host"));
  }

  private void close(LinkEnd why) {
    if (end == null) {
      end = why;
      socket.close();
    }
  }

  /** Sends a last message and closes, for that reason. */
  void sendAndClose(HostMessage last, LinkEnd why) {
    if (end == null) {
      end = why;
      socket.end(Frames.of(last));
    }
  }

  /** Returns whether the peer has begun a frame that it has not sent to its end. */
  boolean isWithinFrame() {
    return reader.isWithinFrame();
  }

  NetSocket socket() {
    return socket;
  }
}
