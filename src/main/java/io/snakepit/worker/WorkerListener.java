package io.snakepit.worker;

import io.snakepit.api.Chunk;
import io.snakepit.api.SnakepitException;
import io.snakepit.api.ToolInfo;
import io.vertx.core.buffer.Buffer;
import java.util.List;

/**
 * Hears of a pool's workers. Called on the pool's event loop; nothing comes after {@link #ended}.
 */
public interface WorkerListener {

  /** The worker can take its first call. */
  void ready(Worker worker, List<ToolInfo> tools);

  /**
   * A call has a result.
   *
   * @param contentType empty for JSON
   * @param residentBytes what the worker holds afterwards; 0: not told
   */
  void succeeded(Worker worker, long sequence, String contentType, Buffer body, long residentBytes);

  /** A call has failed; the worker goes on. */
  void failed(Worker worker, long sequence, SnakepitException failure, long residentBytes);

  /** A call has yielded a piece of its answer. */
  void yielded(Worker worker, long sequence, Chunk chunk);

  /** A call has a piece of its answer for which there is no credit in bytes. */
  void blocked(Worker worker, long sequence);

  /** A call has taken so many bytes of its arguments. */
  void took(Worker worker, long sequence, long bytes);

  /** What an idle or busy worker holds, where the pool asks for it. */
  void holds(Worker worker, long residentBytes);

  /**
   * The worker's link has ended: it takes no more calls, and its end will be told. Of one that is
   * being ended this is only told if something has not been read.
   *
   * @param unread whether what was last sent to it has provably not been read
   */
  void lost(Worker worker, boolean unread);

  /**
   * The worker and all its process group are gone.
   *
   * @param reason for people, as in "was killed by signal 9"
   * @param asked whether its end is no crash of its own: we wanted it, or it went along with others
   */
  void ended(Worker worker, String reason, boolean asked);
}
