package io.snakepit.worker;

import java.util.List;

/** Hears what concerns a pool's workers as a whole. Called on the pool's event loop. */
public interface NurseryListener {

  /**
   * Tells that forking is unsafe with what the adapter imports: each worker starts afresh from now
   * on.
   *
   * @param reasons one or more, each with its remedy
   */
  void spawnFallback(List<String> reasons);

  /** Tells what people should know of workers that are forked. */
  void forkNotice(List<String> notices);
}
