package io.snakepit.testing;

import io.snakepit.bridge.v1.HostMessage;
import io.snakepit.bridge.v1.WorkerMessage;
import io.vertx.core.buffer.Buffer;
import java.io.Closeable;
import java.io.IOException;

/**
 * The far end of a worker's link, without Python and whichever transport it dials over: says what a
 * test wants a worker to say, and hears what its host says. All methods block, as Python does.
 */
public interface FarWorker extends Closeable {

  /** A message of the host's and its body. */
  record Heard(HostMessage message, Buffer body) {}

  /** Sends a message where it belongs. */
  void say(WorkerMessage message, byte[] body) throws IOException;

  /** Sends a message without a body. */
  default void say(WorkerMessage message) throws IOException {
    say(message, new byte[0]);
  }

  /** Waits for the next message of calls: a call, a part, credit, or an answer of the host's. */
  Heard hear() throws IOException;

  /** Waits for the next message that a busy worker hears too: a ping, a cancel or a shutdown. */
  HostMessage hearControl() throws IOException;

  /** Waits until the host has closed the link; fails if it says anything more. */
  void awaitEnd() throws IOException;

  /** Ends the link as the end of a process does: what was not read is lost. */
  @Override
  void close() throws IOException;
}
