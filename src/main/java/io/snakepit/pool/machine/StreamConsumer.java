package io.snakepit.pool.machine;

import io.snakepit.api.Chunk;
import io.snakepit.api.SnakepitException;

/** The caller of a call whose answer comes in pieces. The machine calls none of these methods. */
public interface StreamConsumer extends Caller {

  /** Hands over a piece of the answer, for which there is room. */
  void pass(Chunk chunk);

  /** Has what has been taken told at once, for the machine waits for it. */
  void hurry();

  /** Keeps a failure until {@link #finish}: chunks come first. */
  void hold(SnakepitException failure);

  /** Tells how the call has ended, since all chunks have been taken. */
  void finish();
}
