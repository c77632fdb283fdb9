package io.snakepit.pool.machine;

import io.snakepit.api.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * The phase that a pool is in, whether it is paused, and its last error. Each part of the machine
 * that depends on these is handed this object.
 */
final class PoolLifecycle {
  private PoolPhase phase = PoolPhase.STARTING;
  private boolean paused;
  private @Nullable String lastError;

  PoolPhase phase() {
    return phase;
  }

  /** Moves to that phase; throws {@link IllegalStateException} if the move is not legal. */
  void enter(PoolPhase next) {
    phase = phase.to(next);
  }

  /** Records that the start has failed for that reason. */
  void failStart(String reason) {
    enter(PoolPhase.FAILED);
    lastError = reason;
  }

  /** Takes the pool out of use for that reason, whatever phase it is in. */
  void abort(String reason) {
    phase = PoolPhase.FAILED;
    lastError = reason;
  }

  /** Returns whether calls are taken. */
  boolean takesCalls() {
    return isServing() && !paused;
  }

  boolean isServing() {
    return phase == PoolPhase.SERVING;
  }

  boolean isStarting() {
    return phase == PoolPhase.STARTING;
  }

  /** Returns whether the pool is being drained for good, or has been. */
  boolean isStopping() {
    return phase == PoolPhase.DRAINING || phase == PoolPhase.STOPPED;
  }

  /** Returns whether a worker that ends is replaced. */
  boolean keepsWorkers() {
    return phase.keepsWorkers();
  }

  /** Returns the code by which calls and orders are refused that can't be taken in this phase. */
  ErrorCode refusalCode() {
    return isStopping() ? ErrorCode.SHUTTING_DOWN : ErrorCode.POOL_UNAVAILABLE;
  }

  /** Returns whether an operator has the pool take no calls for now. */
  boolean isPaused() {
    return paused;
  }

  void pause(boolean wanted) {
    paused = wanted;
  }

  /** Returns why the pool failed, or its last worker crashed; null if neither has happened. */
  @Nullable String lastError() {
    return lastError;
  }

  /** Records what is wrong with the pool, though it goes on. */
  void failed(String reason) {
    lastError = reason;
  }

  /** Records a crash. */
  void crashed(String worker, String reason) {
    lastError = worker + " " + reason;
  }
}
