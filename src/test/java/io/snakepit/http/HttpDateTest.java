package io.snakepit.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class HttpDateTest {
  private final SteppingClock clock = new SteppingClock();
  private final HttpDate date = new HttpDate(clock);

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

  @Test
  void isMadeOnceASecond() {
    assertThat(date.text()).hasToString("Fri, 02 Jan 2026 03:04:05 GMT");
    clock.now = clock.now.plusSeconds(6);
    assertThat(date.text()).hasToString("Fri, 02 Jan 2026 03:04:05 GMT");
    date.tick();
    assertThat(date.text()).hasToString("Fri, 02 Jan 2026 03:04:11 GMT");
  }
}
