package io.snakepit.vertx;

import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;

/** Buffers that become one without a copy. For one thread at a time. */
public final class JoinedBuffer {
  private final CompositeByteBuf joined = Unpooled.compositeBuffer(Integer.MAX_VALUE);

  /** Adds a part behind the others. Nobody may write to it any more. */
  public void add(Buffer part) {
    if (part.length() > 0) {
      joined.addComponent(true, ((BufferInternal) part).getByteBuf());
    }
  }

  /** Returns the length of all parts together, in bytes. */
  public int length() {
    return joined.readableBytes();
  }

  /** Returns all parts as one buffer. To be called once, at the end. */
  public Buffer join() {
    return BufferInternal.buffer(joined);
  }

  /** Joins buffers, which nobody may write to any more. */
  public static Buffer of(Iterable<Buffer> parts) {
    JoinedBuffer joined = new JoinedBuffer();
    parts.forEach(joined::add);
    return joined.join();
  }
}
