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

class ConnectionsTest {
  private final Vertx vertx = Vertx.vertx();
  private final SteppingClock clock = new SteppingClock();
  private final Connections housekeeping = new Connections(vertx, clock);
  private final AtomicInteger closed = new AtomicInteger();
  private final Connections.Visit visit =
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
    pass(Connections.MAX_QUIET_SECONDS);
    assertThat(closed).hasValue(0);
    pass(1);
    assertThat(closed).hasValue(1);
  }

  @Test
  void closesConnectionThatStopsWithinItsBody() {
    visit.busy();
    visit.reading();
    pass(Connections.MAX_QUIET_SECONDS);
    visit.touch(50_000);
    pass(Connections.MAX_QUIET_SECONDS);
    assertThat(closed).hasValue(0);
    pass(1);
    assertThat(closed).hasValue(1);
  }

  @Test
  void neverClosesConnectionWhoseCallRuns() {
    visit.busy();
    pass(Connections.MAX_QUIET_SECONDS * 10);
    assertThat(closed).hasValue(0);
    visit.quiet();
    pass(Connections.MAX_QUIET_SECONDS);
    assertThat(closed).hasValue(0);
    pass(1);
    assertThat(closed).hasValue(1);
  }

  @Test
  void closesConnectionWhoseBodyComesTooSlowly() {
    visit.busy();
    visit.reading();
    int bytes = Connections.MIN_BODY_RATE / 2;
    for (int i = 0; i < Connections.MAX_QUIET_SECONDS * 2; i++) {
      assertThat(closed).hasValue(0);
      visit.touch(bytes);
      pass(1);
    }
    // Fails if each byte begins the client's time anew.
    pass(2);
    assertThat(closed.get()).isPositive();
  }

  @Test
  void neverClosesConnectionWhoseBodyComesFastEnough() {
    visit.reading();
    for (int i = 0; i < Connections.MAX_QUIET_SECONDS * 10; i++) {
      visit.touch(Connections.MIN_BODY_RATE);
      pass(1);
    }
    assertThat(closed).hasValue(0);
  }

  @Test
  void countsNoTimeAgainstBodyThatWaitsForUs() {
    visit.reading();
    for (int i = 0; i < Connections.MAX_QUIET_SECONDS * 2; i++) {
      visit.busy();
      pass(10);
      visit.readingOn();
      visit.touch(1);
    }
    assertThat(closed).hasValue(0);
  }

  @Test
  void closesConnectionThatTakesNothingOfItsAnswer() {
    visit.busy();
    visit.writing();
    pass(Connections.MAX_QUIET_SECONDS);
    visit.writing();
    pass(Connections.MAX_QUIET_SECONDS);
    assertThat(closed).hasValue(0);
    pass(1);
    assertThat(closed).hasValue(1);
  }

  @Test
  void doesItsErrandEverySecondWhileTheCallRuns() {
    AtomicInteger errands = new AtomicInteger();
    visit.busy();
    visit.everySecond(errands::incrementAndGet);
    pass(3);
    visit.served();
    pass(1);
    assertThat(errands).hasValue(3);
  }
}
