package io.snakepit.cli;

import java.util.concurrent.TimeUnit;

/** A clock that can wait, so that tests need not. */
interface Ticker {
  /** Clock of this JVM, which only goes forward. */
  Ticker SYSTEM =
      new Ticker() {
        @Override
        public long nanoTime() {
          return System.nanoTime();
        }

        @Override
        public void pause(long nanos) throws InterruptedException {
          TimeUnit.NANOSECONDS.sleep(nanos);
        }
      };

  long nanoTime();

  /** Waits for some nanoseconds; not at all if they are not above 0. */
  void pause(long nanos) throws InterruptedException;
}
