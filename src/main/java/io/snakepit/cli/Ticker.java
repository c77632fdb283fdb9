package io.snakepit.cli;

import java.util.concurrent.TimeUnit;

/** Time that goes by, so that tests need not wait for it. */
interface Ticker {
  /** Of this JVM, which only goes forward. */
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

  /** Returns after that time, at once if it is not above 0. */
  void pause(long nanos) throws InterruptedException;
}
