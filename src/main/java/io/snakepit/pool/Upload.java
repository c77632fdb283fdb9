package io.snakepit.pool;

import static java.util.Objects.requireNonNull;

import io.snakepit.api.Call;
import io.snakepit.pool.machine.Caller.ArgumentSink;
import io.snakepit.vertx.Contexts;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Brings a call's arguments to its worker as they come. Whoever sends them is read no further than
 * the worker has room: one piece is asked for at a time, and what exceeds the window waits here.
 *
 * <p>All methods are for the pool's event loop; the bytes are read on the context that they belong
 * to.
 */
final class Upload {
  private static final Buffer NOTHING = Buffer.buffer();

  private final ReadStream<Buffer> bytes;
  private final Context home;
  private final @Nullable Context owner;
  private @Nullable ArgumentSink sink;
  private long window;
  private long underWay;
  private @Nullable Buffer rest;
  private boolean asked;
  private boolean asking;
  private boolean ended;
  private boolean closed;

  Upload(Call call, Context home) {
    this.bytes = requireNonNull(call.upload());
    this.owner = call.uploadContext();
    this.home = home;
  }

  /**
   * The call is in a worker: it gets what comes from now on.
   *
   * @param to takes the pieces
   * @param windowBytes how much may be there and not taken
   * @param broken called if no more will come, though it isn't the end
   */
  void begin(ArgumentSink to, long windowBytes, Runnable broken) {
    sink = to;
    window = windowBytes;
    outside(
        () -> {
          bytes.exceptionHandler(failure -> inside(broken));
          bytes.handler(piece -> inside(() -> arrived(piece)));
          bytes.endHandler(end -> inside(this::ended));
        });
    ask();
  }

  private void arrived(Buffer piece) {
    asked = false;
    if (!closed) {
      send(piece);
      ask();
    }
  }

  private void ended() {
    if (!closed && !ended) {
      ended = true;
      endIfSent();
    }
  }

  private void endIfSent() {
    if (ended && rest == null) {
      requireNonNull(sink).part(NOTHING, true);
    }
  }

  /** Sends as much of a piece as there is room for, which there is for some of it. */
  private void send(Buffer piece) {
    int room = (int) Math.min(window - underWay, Integer.MAX_VALUE);
    boolean whole = piece.length() <= room;
    rest = whole ? null : piece.slice(room, piece.length());
    Buffer part = whole ? piece : piece.slice(0, room);
    underWay += part.length();
    requireNonNull(sink).part(part, false);
  }

  /** Asks for the next piece, if there is room for some of it. It may come before this returns. */
  private void ask() {
    if (asking) {
      return;
    }
    asking = true;
    // While something waits here the window is full.
    while (!asked && !ended && !closed && underWay < window) {
      asked = true;
      outside(() -> bytes.fetch(1));
    }
    asking = false;
  }

  /**
   * The worker has taken so much.
   *
   * @return whether it had got as much
   */
  boolean taken(long count) {
    if (count < 1 || count > underWay) {
      return false;
    }
    underWay -= count;
    if (rest != null) {
      send(rest);
      endIfSent();
    }
    ask();
    return true;
  }

  /** Closes the upload: the rest is not needed, and its source may do with it what it likes. */
  void close() {
    closed = true;
    rest = null;
  }

  private void outside(Runnable action) {
    if (owner == null || Contexts.isOnThreadOf(owner)) {
      action.run();
    } else {
      owner.runOnContext(there -> action.run());
    }
  }

  private void inside(Runnable action) {
    try {
      Contexts.emit(home, action, Runnable::run);
    } catch (RejectedExecutionException stopped) {
      // The pool's event loop has ended, and with it whoever would have read this.
    }
  }
}
