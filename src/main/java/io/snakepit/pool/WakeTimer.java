package io.snakepit.pool;

import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;

/**
 * One timer for all deadlines of a pool. It is set anew only when something becomes due earlier
 * than before, so that calls which are answered in time cost no timer at all. On the pool's event
 * loop.
 */
final class WakeTimer {
  private final Vertx vertx;
  private final Runnable task;
  private long timer;
  private boolean armed;
  private long armedFor;

  /**
   * @param task called when the time has come; it arms the timer again if need be
   */
  WakeTimer(Vertx vertx, Runnable task) {
    this.vertx = vertx;
    this.task = task;
  }

  /**
   * Sees to it that the task runs at that time or earlier. Nanoseconds of {@code System.nanoTime}.
   */
  void arm(long due, long now) {
    if (armed && armedFor - due <= 0) {
      return;
    }
    cancel();
    armed = true;
    armedFor = due;
    // Rounded up: waking early would only mean to wake twice.
    long delay = TimeUnit.NANOSECONDS.toMillis(Math.max(0, due - now)) + 1;
    timer = vertx.setTimer(delay, fired -> fire());
  }

  private void fire() {
    armed = false;
    task.run();
  }

  void cancel() {
    if (armed) {
      armed = false;
      vertx.cancelTimer(timer);
    }
  }
}
