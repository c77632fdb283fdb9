package io.snakepit.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import io.snakepit.process.Shortage;
import io.snakepit.telemetry.RefusalLog;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

/**
 * A filter of the server's log that makes one sentence of what Netty says, with a stack trace and
 * once a second, when no connection can be accepted since the host may open no more files. Any
 * thread may log.
 */
public final class ShortageFilter extends TurboFilter {
  private static final Logger LOG = LoggerFactory.getLogger("io.snakepit.Shortage");
  private static final String NETTY = "io.netty.";

  private final RefusalLog refusals = new RefusalLog();

  /** Loads what it takes while there are files to be opened. */
  @Override
  public void start() {
    Shortage.explain("");
    super.start();
  }

  @Override
  public FilterReply decide(
      @Nullable Marker marker,
      ch.qos.logback.classic.Logger logger,
      Level level,
      @Nullable String format,
      Object @Nullable [] parameters,
      @Nullable Throwable thrown) {
    if (thrown == null || !logger.getName().startsWith(NETTY)) {
      return FilterReply.NEUTRAL;
    }
    String limit = Shortage.explain(String.valueOf(thrown.getMessage()));
    if (limit.isEmpty()) {
      return FilterReply.NEUTRAL;
    }
    String line = refused(limit);
    if (line != null) {
      LOG.error("connections can't be accepted: {}", line);
    }
    return FilterReply.DENY;
  }

  private synchronized @Nullable String refused(String limit) {
    return refusals.refused(limit, System.nanoTime());
  }
}
