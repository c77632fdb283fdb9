package io.snakepit.pool.machine;

import io.snakepit.api.SnakepitException;
import io.vertx.core.buffer.Buffer;

/**
 * The caller of a call, as the shell answers him. A {@link Ticket} carries him through the machine,
 * from the shell that accepts the call to the shell that carries out the effects; the machine calls
 * none of these methods.
 */
public interface Caller {

  /**
   * Answers with the result that the call's worker has sent.
   *
   * @param worker the worker's name
   * @param now when it came, in nanoseconds of the clock of {@link Ticket#acceptedAt}
   */
  void succeed(String contentType, Buffer body, String worker, long now);

  /** Answers with the failure that the call's worker has sent. */
  void answerFailure(SnakepitException failure);

  /** Answers now, with a failure that the machine has decided on. */
  void fail(SnakepitException failure);

  /**
   * Begins to send arguments that come in pieces to the call's worker; nothing without such.
   *
   * @param windowBytes how much may have been sent and not been taken
   * @param broken called if no more will come, though it isn't the end
   */
  void upload(ArgumentSink worker, long windowBytes, Runnable broken);

  /**
   * Sends more arguments, since the worker has taken some.
   *
   * @return whether the worker had got as much
   */
  boolean argumentsTaken(long bytes);

  /** The worker of a call, as far as it takes arguments. */
  @FunctionalInterface
  interface ArgumentSink {
    void part(Buffer bytes, boolean last);
  }
}
