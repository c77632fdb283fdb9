package io.snakepit.vertx;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Reader of where the requests on one connection begin and end, ahead of the decoder, which
 * forgives more: it takes an unknown {@code Transfer-Encoding} for no body, drops a length where
 * there are two, goes on behind folded lines. Whatever another reader, such as a proxy, may have
 * understood otherwise is refused before the decoder sees it: what would have been a part of a body
 * there could be a request of its own here (request smuggling).
 *
 * <p>Pure: bytes in, a verdict out. For one thread. After a fault it is of no use any more.
 */
public final class RequestFraming {
  private enum Part {
    HEAD,
    BODY,
    CHUNKS,
    CHUNK
  }

  private static final int BEFORE = -1;

  private final RequestHead head;
  private final ChunkedBody chunks;
  private Part part = Part.HEAD;
  private long left;
  private int begin;
  private @Nullable String fault;

  /**
   * @param maxLine the most bytes of a first line, and of a chunk's size with its extensions
   * @param maxHeaders the most bytes of all headers, and of a trailer
   */
  public RequestFraming(int maxLine, int maxHeaders) {
    head = new RequestHead(maxLine, maxHeaders);
    chunks = new ChunkedBody(maxLine, maxHeaders);
  }

  /**
   * Reads on; the buffer's own indices stay as they are.
   *
   * @return the index up to which the bytes are requests as they should be, a last one perhaps not
   *     complete; with a {@link #fault}, those of the faulty request are left out, if it has begun
   *     here
   */
  public int read(ByteBuf bytes) {
    int at = bytes.readerIndex();
    int end = bytes.writerIndex();
    begin = BEFORE;
    while (at < end) {
      at =
          switch (part) {
            case HEAD -> readHead(bytes, at, end);
            case CHUNKS -> readChunks(bytes, at, end);
            default -> skip(at, end);
          };
      if (fault != null) {
        return begin == BEFORE ? bytes.readerIndex() : begin;
      }
    }
    return end;
  }

  /** Returns what is wrong, as a sentence; null: nothing so far. */
  public @Nullable String fault() {
    return fault;
  }

  /** Returns whether what is wrong is in a body whose head has been let through. */
  public boolean isBodyFault() {
    return part != Part.HEAD && begin == BEFORE;
  }

  private int readHead(ByteBuf bytes, int at, int end) {
    if (head.isBlank()) {
      begin = at;
    }
    int stop = bytes.forEachByte(at, end - at, head);
    if (stop < 0) {
      return end;
    }
    if (!head.isWhole()) {
      fault = head.fault();
      return stop;
    }
    HeadFields fields = head.fields();
    left = fields.contentLength();
    if (fields.isChunked()) {
      chunks.reset();
      part = Part.CHUNKS;
    } else if (left > 0) {
      part = Part.BODY;
    }
    head.reset();
    return stop + 1;
  }

  private int readChunks(ByteBuf bytes, int at, int end) {
    int stop = bytes.forEachByte(at, end - at, chunks);
    if (stop < 0) {
      return end;
    }
    if (chunks.fault() != null) {
      fault = chunks.fault();
    } else if (chunks.isWhole()) {
      part = Part.HEAD;
    } else {
      left = chunks.length();
      part = Part.CHUNK;
    }
    return stop + 1;
  }

  private int skip(int at, int end) {
    int skipped = (int) Math.min(left, end - at);
    left -= skipped;
    if (left == 0) {
      part = part == Part.CHUNK ? Part.CHUNKS : Part.HEAD;
    }
    return at + skipped;
  }
}
