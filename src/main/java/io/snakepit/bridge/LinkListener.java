package io.snakepit.bridge;

import io.snakepit.api.Chunk;
import io.snakepit.api.PythonError;
import io.snakepit.api.SnakepitException;
import io.vertx.core.buffer.Buffer;

/**
 * Hears what one worker says over its link, whichever transport carries it. Called on the event
 * loop that serves the link.
 *
 * <p>A method that throws {@link ProtocolException} says that the message has no place in the
 * conversation: the link is then closed, and ends as {@link LinkEnd.Cause#PROTOCOL}. Buffers that
 * are handed over may be kept, but not written to.
 */
public interface LinkListener {

  /** Hands over the link: the worker can be spoken to. Once, before all else. */
  void attached(WorkerLink link);

  /**
   * Tells that the worker's adapter has started.
   *
   * @param tools JSON array that describes the tools it offers
   */
  void ready(Buffer tools) throws ProtocolException;

  /** Tells why the worker's adapter could not start. May come before {@link #attached}. */
  void startFailed(PythonError failure);

  /**
   * Tells a call's result.
   *
   * @param contentType empty for JSON
   * @param residentBytes the worker's memory afterwards, in bytes; 0: not told
   */
  void succeeded(long sequence, String contentType, Buffer body, long residentBytes)
      throws ProtocolException;

  /** The sequence that stands for the arguments of a call to the host. */
  long HOST_CALL = 0;

  /**
   * Decides on a body of more than {@link io.snakepit.api.waiting.ByteBudget#SMALL_BYTES} that is
   * about to come: a call's result or a piece of it, or arguments for a tool of the host's.
   *
   * @param sequence of the call, or {@link #HOST_CALL}
   * @param here whether it has come already, so that it can't wait
   * @return what is to become of it; where it waits this is asked again by {@link
   *     WorkerLink#readOn}
   */
  Intake announced(long sequence, int bytes, boolean here) throws ProtocolException;

  /** Tells that a call has failed; the worker goes on. */
  void failed(long sequence, SnakepitException failure, long residentBytes)
      throws ProtocolException;

  /** Tells a piece of a call's answer. */
  void yielded(long sequence, Chunk chunk) throws ProtocolException;

  /** Tells that a call has a piece of its answer for which there is no credit in bytes. */
  void blocked(long sequence) throws ProtocolException;

  /** Tells that a call has taken so many bytes of its arguments. */
  void took(long sequence, long bytes) throws ProtocolException;

  /**
   * Tells that running Python calls a tool of the host's.
   *
   * @param id names the call when it is answered, by {@link WorkerLink#answer} or {@link
   *     WorkerLink#refuse}
   * @param arguments JSON object, or nothing
   */
  void calledHost(long id, String tool, Buffer arguments) throws ProtocolException;

  /**
   * Tells that the worker has answered a ping.
   *
   * @param sequence of the ping
   * @param residentBytes the worker's memory, in bytes; 0: not told
   */
  void answeredPing(long sequence, long residentBytes) throws ProtocolException;

  /** Tells that the worker's event loop has come round since it has read a cancel. */
  void cameRound() throws ProtocolException;

  /** Tells that the worker's event loop stands still. */
  void standsStill(Standstill standstill) throws ProtocolException;

  /** Tells that the link has ended. Once, and nothing comes after. */
  void ended(LinkEnd end);
}
