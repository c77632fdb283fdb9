package io.snakepit.http;

import io.snakepit.telemetry.RefusalLog;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counter of what was refused that no honest client does. Each is told in the log, though not one
 * by one: nobody shall fill that from outside.
 */
final class Refusals {
  private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);

  private final RefusalLog log = new RefusalLog();
  private int seconds;

  /** Lets a second pass, so that the next refusals may be told again. */
  void tick() {
    seconds++;
  }

  /** Counts a refusal. On the server's event loop. */
  void add(String what) {
    String line = log.refused(what, TimeUnit.SECONDS.toNanos(seconds));
    if (line == null) {
      LOG.debug("refused {}", what);
    } else {
      LOG.warn("refused {}", line);
    }
  }

  /** Returns how many there were. */
  long count() {
    return log.count();
  }
}
