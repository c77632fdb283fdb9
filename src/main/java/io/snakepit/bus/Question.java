package io.snakepit.bus;

/** Questions that {@link Addresses#inspect} takes; sent by their names. */
public enum Question {
  /** Asks for the pool's state, as in {@code GET /v1/pools/{pool}}. */
  POOL,
  /** Asks for an array of workers, as in {@code GET /v1/workers}. */
  WORKERS,
  /** Asks for an array of tools, as in {@code GET /v1/tools}. */
  TOOLS
}
