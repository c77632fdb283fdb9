package io.snakepit.vertx;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.impl.clustered.ClusteredMessage;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Messages of the event bus as they depend on where they come from. Any thread. */
public final class BusMessages {
  private static final @Nullable VarHandle WIRE = wire();

  private BusMessages() {}

  /** Finds where a message keeps its bytes until somebody asks for its body. */
  private static @Nullable VarHandle wire() {
    try {
      Class<?> type = ClusteredMessage.class;
      return MethodHandles.privateLookupIn(type, MethodHandles.lookup())
          .findVarHandle(type, "wireBuffer", Buffer.class);
    } catch (ReflectiveOperationException | IllegalArgumentException elsewhere) {
      return null;
    }
  }

  /**
   * Returns how many bytes a message has whose body has still to be read from them: one of another
   * member of the cluster.
   *
   * @return 0 of any other message
   */
  public static int unreadBytes(Message<?> message) {
    return WIRE != null
            && message instanceof ClusteredMessage<?, ?> clustered
            && clustered.isFromWire()
            && WIRE.get(clustered) instanceof Buffer bytes
        ? bytes.length()
        : 0;
  }

  /** Returns whether a message was sent by another member of the cluster, from another JVM. */
  public static boolean isFromAnotherMember(Message<?> message) {
    return message instanceof ClusteredMessage<?, ?> clustered && clustered.isFromWire();
  }

  /**
   * Fails a message. A sender in this JVM gets the error itself. One in another gets a plain {@link
   * ReplyException} with the same code, which every member of a cluster can read, whatever is on
   * its class path.
   *
   * @param error of a class of ours, which others need not know
   * @param text the message that another member gets
   */
  public static void fail(Message<?> message, ReplyException error, Supplier<String> text) {
    if (isFromAnotherMember(message)) {
      message.fail(error.failureCode(), text.get());
    } else {
      message.reply(error);
    }
  }
}
