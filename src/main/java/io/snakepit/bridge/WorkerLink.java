package io.snakepit.bridge;

import io.snakepit.api.ErrorCode;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;

/**
 * The host's way to speak to one attached worker, whichever transport carries it. What the worker
 * says comes to the link's {@link LinkListener}.
 *
 * <p>All methods are for the event loop on which the worker was attached. None throws when the
 * worker is gone: {@link LinkListener#ended} tells. What is sent of calls and their arguments
 * arrives in the order in which it was sent.
 */
public interface WorkerLink {

  /**
   * Sends a call with its arguments. Its answer comes under the same sequence.
   *
   * @throws RuntimeException if it is larger than a worker accepts; then nothing was sent
   */
  void call(DispatchedCall call);

  /** Allows so many more chunks of a streamed answer, and so many more bytes of them. */
  void credit(long sequence, int chunks, long bytes);

  /**
   * Sends a piece of a call's arguments.
   *
   * @param last whether nothing follows
   */
  void part(long sequence, Buffer bytes, boolean last);

  /** Has a call interrupted that nobody waits for any more. It may be over already. */
  void cancel(long sequence);

  /**
   * Answers a call that the worker has made to the host. A result larger than a body may be goes as
   * {@link ErrorCode#PAYLOAD_TOO_LARGE}.
   *
   * @param hostCall the number that the worker has given to it
   * @param result JSON
   * @return completes once it is written; fails if it can't be
   */
  Future<Void> answer(long hostCall, Buffer result);

  /**
   * Answers a call that the worker has made to the host with a failure, whose message is cut to
   * what a header holds; else as {@link #answer}.
   */
  Future<Void> refuse(long hostCall, ErrorCode code, String message);

  /**
   * Reads on if a body of the worker's waits, and {@link LinkListener#announced} lets it now; else
   * does nothing.
   */
  void readOn();

  /** Asks for a sign of life, which comes by {@link LinkListener#answeredPing}. */
  void ping(long sequence);

  /** Asks the worker to end once its current call is over. */
  void shutdown();

  /** Closes the link; its end is told as {@link LinkEnd.Cause#CLOSED}. */
  void close();
}
