package io.snakepit.bridge;

import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;

/** A body in the making, of parts that stay where they are. */
final class Parts {
  private final CompositeByteBuf joined = Unpooled.compositeBuffer(Integer.MAX_VALUE);

  Parts(Buffer first) {
    add(first);
  }

  /** Adds a part, which nobody may write to any more. */
  void add(Buffer part) {
    if (part.length() > 0) {
      joined.addComponent(true, ((BufferInternal) part).getByteBuf());
    }
  }

  int length() {
    return joined.readableBytes();
  }

  /** All of them as one. */
  Buffer join() {
    return BufferInternal.buffer(joined);
  }
}
