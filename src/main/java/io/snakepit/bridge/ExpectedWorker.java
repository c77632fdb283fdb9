package io.snakepit.bridge;

import io.snakepit.bridge.LinkEnd.Cause;
import io.snakepit.bridge.v1.Channel;
import io.snakepit.bridge.v1.WorkerMessage;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker that may attach: puts its two connections together to one link, and ends both when one
 * ends. For the acceptor's event loop.
 */
final class ExpectedWorker {
  private static final Logger LOG = LoggerFactory.getLogger(ExpectedWorker.class);

  /**
   * The time for which the end of the work connection is awaited once the other has ended. When a
   * process dies, its connections end in any order, and only the work connection tells whether a
   * call remained unread.
   */
  private static final long WORK_LAG_MS = 100;

  private final Vertx vertx;
  private final String worker;
  private final LinkListener listener;
  private final long maxBodyBytes;
  private @Nullable Connection work;
  private @Nullable Connection control;
  private @Nullable SocketWorkerLink link;
  private boolean ended;
  private long lagTimer = -1;

  /**
   * @param maxBodyBytes of an answer to a call of the worker's
   */
  ExpectedWorker(Vertx vertx, String worker, LinkListener listener, long maxBodyBytes) {
    this.vertx = vertx;
    this.worker = worker;
    this.listener = listener;
    this.maxBodyBytes = maxBodyBytes;
  }

  /** Takes over one of the two connections; with the second of them the worker is attached. */
  void opened(Channel channel, Connection connection) {
    if (channel == Channel.CHANNEL_WORK) {
      work = connection;
    } else {
      control = connection;
    }
    if (work != null && control != null) {
      link = new SocketWorkerLink(work, control, maxBodyBytes);
      listener.attached(link);
    }
  }

  /** Tells the listener what a message on the connection of that channel says. */
  void received(Channel channel, WorkerMessage message, Buffer body) throws ProtocolException {
    // A worker whose adapter can't be imported says so before it dials a second time.
    if (link == null && !message.hasStartFailure()) {
      throw new ProtocolException(
          message.getKindCase() + " came before both connections were open");
    }
    if (!belongsTo(channel, message)) {
      throw new ProtocolException(message.getKindCase() + " has no place on " + channel);
    }
    WorkerMessages.tell(listener, message, body);
  }

  /** Decides on the large body of a message that is about to be received. */
  Intake announced(WorkerMessage message, int bodyBytes, boolean here) throws ProtocolException {
    return WorkerMessages.announce(listener, message, bodyBytes, here);
  }

  private static boolean belongsTo(Channel channel, WorkerMessage message) {
    return switch (message.getKindCase()) {
      case PONG, CAME_ROUND, STANDSTILL -> channel == Channel.CHANNEL_CONTROL;
      case READY, START_FAILURE, RESULT, FAILURE, HOST_CALL, CHUNK, BLOCKED, CREDIT ->
          channel == Channel.CHANNEL_WORK;
      case HELLO, KIND_NOT_SET -> false;
    };
  }

  /** Ends the link, since the connection of that channel has ended. */
  void ended(Channel channel, LinkEnd end) {
    if (ended) {
      return;
    }
    if (channel == Channel.CHANNEL_WORK) {
      end(withoutFalseProof(end));
    } else if (link == null || end.cause() == Cause.PROTOCOL || end.cause() == Cause.CLOSED) {
      end(end);
    } else {
      LinkEnd unproven = new LinkEnd(Cause.END_OF_FILE, end.message());
      lagTimer = vertx.setTimer(WORK_LAG_MS, late -> end(unproven));
    }
  }

  /**
   * Takes a reset for a plain end where it proves nothing. It proves that a call never started only
   * where that call is what was sent last, and not our answer to a call of the worker's.
   */
  private LinkEnd withoutFalseProof(LinkEnd end) {
    boolean proof = link != null && link.lastSentIsCall();
    return end.cause() == Cause.RESET && !proof
        ? new LinkEnd(Cause.END_OF_FILE, end.message())
        : end;
  }

  private void end(LinkEnd end) {
    ended = true;
    vertx.cancelTimer(lagTimer);
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
