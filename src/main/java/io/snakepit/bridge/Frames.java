package io.snakepit.bridge;

import io.snakepit.bridge.v1.HostMessage;
import io.vertx.core.buffer.Buffer;

/** Frames for a worker: two big-endian lengths, the header, the body. Pure. */
final class Frames {
  /** The longest body, in bytes, whose copy costs less than a second write. */
  static final int INLINE_BODY = 16 * 1024;

  private static final Buffer EMPTY = Buffer.buffer();

  private Frames() {}

  /** Makes a frame without a body. */
  static Buffer of(HostMessage header) {
    return head(header, EMPTY);
  }

  /**
   * Makes a frame's first part: all of it with a body of at most {@link #INLINE_BODY} bytes, else
   * only what comes before the body, which is to be written next.
   *
   * @throws FrameTooLargeException if the header exceeds {@link Protocol#MAX_HEADER_BYTES}
   */
  static Buffer head(HostMessage header, Buffer body) {
    byte[] bytes = header.toByteArray();
    if (bytes.length > Protocol.MAX_HEADER_BYTES) {
      throw new FrameTooLargeException(
          "a header of %d bytes, where a worker takes %d"
              .formatted(bytes.length, Protocol.MAX_HEADER_BYTES));
    }
    boolean inline = isInline(body);
    int size = FrameReader.PREFIX + bytes.length + (inline ? body.length() : 0);
    Buffer frame =
        Buffer.buffer(size).appendInt(bytes.length).appendInt(body.length()).appendBytes(bytes);
    return inline ? frame.appendBuffer(body) : frame;
  }

  /** Returns whether a body is part of what {@link #head} makes. */
  static boolean isInline(Buffer body) {
    return body.length() <= INLINE_BODY;
  }
}
