package io.snakepit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/**
 * A record of all that is logged while a test runs, from before its own {@code @BeforeEach} until
 * behind its own {@code @AfterEach}. To be registered as a field.
 */
public final class RecordedLog implements BeforeEachCallback, AfterEachCallback {
  /** The logger that warns of threads which have not got far for some seconds. */
  private static final String SLOW_THREADS = "io.vertx.core.impl.BlockedThreadChecker";

  private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          events.add(event);
        }
      };

  private static Logger root() {
    return (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
  }

  @Override
  public void beforeEach(ExtensionContext test) {
    events.clear();
    appender.start();
    root().addAppender(appender);
  }

  @Override
  public void afterEach(ExtensionContext test) {
    root().detachAppender(appender);
    appender.stop();
  }

  /** Returns the warnings that have been logged so far. */
  public List<String> warnings() {
    return events.stream()
        .filter(event -> event.getLevel() == Level.WARN)
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  /** Checks that nothing has been logged with a stack trace so far. */
  public void assertNoStackTrace() {
    assertThat(events).allMatch(event -> event.getThrowableProxy() == null);
  }

  /**
   * Checks that no warning and no error has been logged so far, and no stack trace either. That a
   * thread is slow counts only once it is so for long: the machine may be busy.
   */
  public void assertQuiet() {
    assertThat(
            events.stream()
                .filter(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
                .filter(event -> !event.getLoggerName().equals(SLOW_THREADS)))
        .as("warnings and errors")
        .isEmpty();
    assertNoStackTrace();
  }
}
