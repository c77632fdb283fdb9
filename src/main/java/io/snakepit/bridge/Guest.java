package io.snakepit.bridge;

import io.snakepit.bridge.LinkEnd.Cause;
import io.snakepit.bridge.v1.Channel;
import io.snakepit.bridge.v1.WorkerMessage;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An expected worker: puts its two connections together, and ends both when one does. */
final class Guest {
  private static final Logger LOG = LoggerFactory.getLogger(Guest.class);

  private final String worker;
  private final LinkListener listener;
  private @Nullable Connection work;
  private @Nullable Connection control;
  private boolean ended;

  Guest(String worker, LinkListener listener) {
    this.worker = worker;
    this.listener = listener;
  }

  void opened(Channel channel, Connection connection) {
    if (channel == Channel.CHANNEL_WORK) {
      work = connection;
    } else {
      control = connection;
    }
    if (work != null && control != null) {
      listener.attached(new WorkerLink(work, control));
    }
  }

  void received(Channel channel, WorkerMessage message, Buffer body) throws ProtocolException {
    boolean forControl = message.hasPong();
    if (forControl != (channel == Channel.CHANNEL_CONTROL) || message.hasHello()) {
      throw new ProtocolException(message.getKindCase() + " has no place on " + channel);
    }
    listener.received(message, body);
  }

  void ended(LinkEnd end) {
    if (ended) {
      return;
    }
    ended = true;
    if (end.cause() == Cause.PROTOCOL) {
      LOG.warn("worker {} broke the protocol and is cut off: {}", worker, end.message());
    }
    closeIfOpen(work);
    closeIfOpen(control);
    listener.ended(end);
  }

  private static void closeIfOpen(@Nullable Connection connection) {
    if (connection != null) {
      connection.close();
    }
  }
}
