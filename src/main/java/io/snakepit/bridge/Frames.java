package io.snakepit.bridge;

import io.snakepit.bridge.v1.HostMessage;
import io.vertx.core.buffer.Buffer;

/** Writes frames for a worker: two big-endian lengths, the header, the body. */
final class Frames {
  /** Up to here copying a body costs less than a second write. */
  static final int INLINE_BODY = 16 * 1024;

  private static final Buffer EMPTY = Buffer.buffer();

  private Frames() {}

  /** A frame without a body. */
  static Buffer of(HostMessage header) {
    return head(header, EMPTY);
  }

  /**
   * A frame's first part: all of it with a body of at most {@link #INLINE_BODY} bytes, else only
   * what comes before the body, which is to be written next.
   */
  static Buffer head(HostMessage header, Buffer body) {
    byte[] bytes = header.toByteArray();
    boolean inline = isInline(body);
    int size = FrameReader.PREFIX + bytes.length + (inline ? body.length() : 0);
    Buffer frame =
        Buffer.buffer(size).appendInt(bytes.length).appendInt(body.length()).appendBytes(bytes);
    return inline ? frame.appendBuffer(body) : frame;
  }

  static boolean isInline(Buffer body) {
    return body.length() <= INLINE_BODY;
  }
}
