package io.snakepit.http;

import io.snakepit.vertx.JoinedBuffer;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Pieces that become one body, those that are large without a copy. Many small ones are gathered,
 * so that a body costs no more memory than about its size, however finely it is cut.
 */
final class BodyPieces {
  /** The size from which on a piece stays where it is, in bytes. */
  static final int OWN_BYTES = 16 * 1024;

  private static final Buffer EMPTY = Buffer.buffer();

  private final List<Buffer> pieces = new ArrayList<>(1);
  private @Nullable Buffer gathering;
  private long length;

  /** Adds a piece, which nobody may write to any more. */
  void add(Buffer piece) {
    length += piece.length();
    if (pieces.isEmpty() || piece.length() >= OWN_BYTES) {
      gathering = null;
      pieces.add(piece);
      return;
    }
    Buffer open = gathering;
    if (open == null || open.length() >= 4 * OWN_BYTES) {
      open = Buffer.buffer();
      gathering = open;
      pieces.add(open);
    }
    open.appendBuffer(piece);
  }

  long length() {
    return length;
  }

  /** Returns all pieces as one body; to be called once, at the end. */
  Buffer join() {
    return switch (pieces.size()) {
      case 0 -> EMPTY;
      case 1 -> pieces.get(0);
      default -> length <= OWN_BYTES ? copy() : JoinedBuffer.of(pieces);
    };
  }

  private Buffer copy() {
    Buffer joined = Buffer.buffer((int) length);
    pieces.forEach(joined::appendBuffer);
    return joined;
  }
}
