package io.snakepit.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HousekeepingTest {
  private final Vertx vertx = Vertx.vertx();
  private final SteppingClock clock = new SteppingClock();
  private final Housekeeping housekeeping = new Housekeeping(vertx, clock);
  private final AtomicInteger closed = new AtomicInteger();
  private final Housekeeping.Visit visit =
      housekeeping.opened(new Object(), closed::incrementAndGet);

  private static final class SteppingClock extends Clock {
    private Instant now = Instant.parse("2026-01-02T03:04:05.678Z");

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  @AfterEach
  void stop() {
    vertx.close();
  }

  private void pass(int seconds) {
    for (int i = 0; i < seconds; i++) {
      housekeeping.tick();
    }
  }

  @Test
  void makesTheDateOnceASecond() {
    assertThat(housekeeping.date()).hasToString("Fri, 02 Jan 2026 03:04:05 GMT");
    clock.now = clock.now.plusSeconds(6);
    assertThat(housekeeping.date()).hasToString("Fri, 02 Jan 2026 03:04:05 GMT");
    housekeeping.tick();
    assertThat(housekeeping.date()).hasToString("Fri, 02 Jan 2026 03:04:11 GMT");
  }

  @Test
  void closesConnectionThatSendsNoRequest() {
    pass(Housekeeping.MAX_QUIET_SECONDS);
    assertThat(closed).hasValue(0);
    pass(1);
    assertThat(closed).hasValue(1);
  }

  @Test
  void closesConnectionThatStopsWithinItsBody() {
    visit.busy();
    visit.reading();
    pass(Housekeeping.MAX_QUIET_SECONDS);
    visit.touch();
    pass(Housekeeping.MAX_QUIET_SECONDS);
    assertThat(closed).hasValue(0);
    pass(1);
    assertThat(closed).hasValue(1);
  }

  @Test
  void neverClosesConnectionWhoseCallRuns() {
    visit.busy();
    pass(Housekeeping.MAX_QUIET_SECONDS * 10);
    assertThat(closed).hasValue(0);
    visit.quiet();
    pass(Housekeeping.MAX_QUIET_SECONDS);
    assertThat(closed).hasValue(0);
    pass(1);
    assertThat(closed).hasValue(1);
  }
}
