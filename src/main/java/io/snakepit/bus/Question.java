package io.snakepit.bus;

/** What {@link Addresses#inspect} can be asked; sent by its name. */
public enum Question {
  /** Answered by one pool, as in {@code GET /v1/pools/{pool}}. */
  POOL,
  /** Answered by an array, as in {@code GET /v1/workers}. */
  WORKERS,
  /** Answered by an array, as in {@code GET /v1/tools}. */
  TOOLS
}
