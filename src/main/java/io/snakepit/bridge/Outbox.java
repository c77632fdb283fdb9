package io.snakepit.bridge;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * What is on its way into a socket. A large body is written slice by slice, as fast as the socket
 * takes them: written at once, all of it would be copied into memory outside the heap first, as
 * large as it is. What comes behind it waits its turn. For the socket's event loop.
 */
final class Outbox {
  /** Larger ones are written in slices of that size, in bytes. */
  static final int SLICE_BYTES = 128 * 1024;

  /** How much the socket may hold before it counts as full, in bytes. */
  private static final int FULL_BYTES = 2 * SLICE_BYTES;

  private final NetSocket socket;
  private final Queue<Waiting> waiting = new ArrayDeque<>();

  /** What is not written yet, from that byte on. */
  private static final class Waiting {
    final Buffer bytes;
    final Promise<Void> written = Promise.promise();
    int from;

    Waiting(Buffer bytes) {
      this.bytes = bytes;
    }
  }

  Outbox(NetSocket socket) {
    this.socket = socket;
    socket.setWriteQueueMaxSize(FULL_BYTES);
  }

  /**
   * Writes bytes behind all that was written before.
   *
   * @return completes once all of them are; fails if they can't be
   */
  Future<Void> write(Buffer bytes) {
    if (waiting.isEmpty() && bytes.length() <= SLICE_BYTES) {
      return socket.write(bytes);
    }
    Waiting added = new Waiting(bytes);
    waiting.add(added);
    if (waiting.size() == 1) {
      socket.drainHandler(drained -> pump());
      pump();
    }
    return added.written.future();
  }

  /** A write may make room, and call this again before it returns: so all is noted before it. */
  private void pump() {
    while (!waiting.isEmpty() && !socket.writeQueueFull()) {
      Waiting first = waiting.element();
      int from = first.from;
      int end = Math.min(first.bytes.length(), from + SLICE_BYTES);
      first.from = end;
      boolean last = end == first.bytes.length();
      if (last) {
        waiting.remove();
      }
      Future<Void> written = socket.write(first.bytes.slice(from, end));
      if (last) {
        written.onComplete(first.written);
      }
    }
  }

  /** The socket has ended: what waits is not written any more. */
  void close() {
    waiting.forEach(each -> each.written.fail("the connection has ended"));
    waiting.clear();
  }
}
