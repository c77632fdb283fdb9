package io.snakepit.worker;

import io.snakepit.api.Chunk;
import io.snakepit.api.SnakepitException;
import io.snakepit.api.ToolInfo;
import io.snakepit.api.WorkerEnd;
import io.snakepit.bridge.Intake;
import io.vertx.core.buffer.Buffer;
import java.util.List;

/**
 * Hears of a pool's workers. Called on the pool's event loop; nothing comes after {@link #ended}.
 */
public interface WorkerListener {

  /** Tells that a worker can take its first call. */
  void ready(Worker worker, List<ToolInfo> tools);

  /**
   * Tells a call's result.
   *
   * @param contentType empty for JSON
   * @param residentBytes what the worker holds afterwards; 0: not told
   */
  void succeeded(Worker worker, long sequence, String contentType, Buffer body, long residentBytes);

  /**
   * Decides on a large body that a worker is about to send.
   *
   * @param sequence of the call that it is of; 0: of a call to the host
   * @param here whether it has come already, so that it can't wait
   * @return what is to become of it; where it waits this is asked again by {@link Worker#readOn}
   */
  Intake announced(Worker worker, long sequence, int bytes, boolean here);

  /** Tells that what a worker has sent for a call to the host is handed over. */
  void handedOver(Worker worker);

  /** Tells that a call has failed; the worker goes on. */
  void failed(Worker worker, long sequence, SnakepitException failure, long residentBytes);

  /** Tells a piece of a call's answer. */
  void yielded(Worker worker, long sequence, Chunk chunk);

  /** Tells that a call has a piece of its answer for which there is no credit in bytes. */
  void blocked(Worker worker, long sequence);

  /** Tells that a call has taken so many bytes of its arguments. */
  void took(Worker worker, long sequence, long bytes);

  /** Tells that a worker's event loop has come round since it has read a cancel. */
  void cameRound(Worker worker);

  /** Tells that a worker's event loop has not come round for longer than a cancelled call has. */
  void standsStill(Worker worker);

  /** Tells the memory in bytes that an idle or busy worker holds, where the pool asks for it. */
  void holds(Worker worker, long residentBytes);

  /**
   * Tells that a worker's link has ended: it takes no more calls, and its end will be told. Of one
   * that is being ended this is only told if something has not been read.
   *
   * @param unread whether what was last sent to it has provably not been read
   */
  void lost(Worker worker, boolean unread);

  /**
   * Tells that a worker and all its process group are gone.
   *
   * @param reason for people, as in "was killed by signal 9"
   * @param end what kind of end it is
   */
  void ended(Worker worker, String reason, WorkerEnd end);
}
