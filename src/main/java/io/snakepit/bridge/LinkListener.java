package io.snakepit.bridge;

import io.snakepit.bridge.v1.WorkerMessage;
import io.vertx.core.buffer.Buffer;

/** Hears what comes from one worker. Called on the door's event loop. */
public interface LinkListener {

  /** Both connections are open: the worker can be spoken to. Once, before all else. */
  void attached(WorkerLink link);

  /**
   * A message on either connection.
   *
   * @param body may be kept, must not be written to
   * @throws ProtocolException if it has no place in the conversation; the link is then closed
   */
  void received(WorkerMessage message, Buffer body) throws ProtocolException;

  /** A connection has ended, and the other with it. Once, and nothing comes after. */
  void ended(LinkEnd end);
}
