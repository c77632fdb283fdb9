package io.snakepit.worker;

/** Hears what concerns a pool's workers as a whole. Called on the pool's event loop. */
public interface NurseryListener {

  /**
   * Tells that forking is unsafe with what the adapter imports: each worker starts afresh from now
   * on.
   */
  void spawnFallback(String reason);
}
