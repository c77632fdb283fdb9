package io.snakepit.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class LatencyWindowTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long MILLI = 1_000_000L;

  @Test
  void isZeroWithoutValues() {
    assertThat(new LatencyWindow(0).percentileMs(99, 0)).isZero();
  }

  @Property(tries = 200)
  void percentilesAreWithinOnePercent(@ForAll long seed, @ForAll @LongRange(min = 1) long now) {
    LatencyWindow window = new LatencyWindow(now);
    long[] nanos = new Random(seed).longs(1000, 1000 * 1000, 3600 * SECOND).sorted().toArray();
    LongStream.of(nanos).forEach(each -> window.record(each, now));
    for (int percentile : new int[] {1, 50, 90, 99, 100}) {
      double exact = nanos[percentile * 10 - 1] / 1e6;
      assertThat(window.percentileMs(percentile, now))
          .as("p%d of seed %d", percentile, seed)
          .isCloseTo(exact, Percentage.withPercentage(1));
    }
  }

  @Test
  void addsTheSlicesOfAMinuteUp() {
    LatencyWindow window = new LatencyWindow(0);
    for (int second = 0; second < 60; second += 10) {
      window.record((second + 10) * MILLI, second * SECOND);
    }
    long now = 59 * SECOND;
    assertThat(window.percentileMs(1, now)).isCloseTo(10, within(0.1));
    assertThat(window.percentileMs(50, now)).isCloseTo(30, within(0.3));
    assertThat(window.percentileMs(100, now)).isCloseTo(60, within(0.6));
  }

  @Test
  void forgetsTheOldestSliceAsTimeMovesOn() {
    LatencyWindow window = new LatencyWindow(0);
    window.record(100 * MILLI, 0);
    window.record(MILLI, 15 * SECOND);
    assertThat(window.percentileMs(100, 60 * SECOND - 1)).isCloseTo(100, within(1.0));
    assertThat(window.percentileMs(100, 60 * SECOND)).isCloseTo(1, within(0.01));
    assertThat(window.percentileMs(100, 70 * SECOND - 1)).isCloseTo(1, within(0.01));
    assertThat(window.percentileMs(100, 70 * SECOND)).isZero();
  }

  @Test
  void forgetsAllAfterALongSilence() {
    LatencyWindow window = new LatencyWindow(0);
    for (int second = 0; second < 60; second += 10) {
      window.record(MILLI, second * SECOND);
    }
    assertThat(window.percentileMs(50, Long.MAX_VALUE)).isZero();
  }

  @Test
  void countsOnWhileTheClockOverflows() {
    long beforeOverflow = Long.MAX_VALUE - 5 * SECOND;
    LatencyWindow window = new LatencyWindow(beforeOverflow);
    window.record(100 * MILLI, beforeOverflow);
    window.record(MILLI, beforeOverflow + 30 * SECOND);
    assertThat(window.percentileMs(100, beforeOverflow + 59 * SECOND)).isCloseTo(100, within(1.0));
    assertThat(window.percentileMs(100, beforeOverflow + 61 * SECOND)).isCloseTo(1, within(0.01));
    assertThat(window.percentileMs(100, beforeOverflow + 91 * SECOND)).isZero();
  }

  @Test
  void takesAClockThatStartsBelowZero() {
    LatencyWindow window = new LatencyWindow(-100 * SECOND);
    window.record(MILLI, -100 * SECOND);
    assertThat(window.percentileMs(50, -41 * SECOND)).isCloseTo(1, within(0.01));
    assertThat(window.percentileMs(50, -40 * SECOND)).isZero();
  }

  @Test
  void aTimeBeforeTheLatestCountsAsThat() {
    LatencyWindow window = new LatencyWindow(0);
    window.record(MILLI, 30 * SECOND);
    window.record(3 * MILLI, 0);
    assertThat(window.percentileMs(100, 0)).isCloseTo(3, within(0.03));
    assertThat(window.percentileMs(100, 89 * SECOND)).isCloseTo(3, within(0.03));
  }

  @Test
  void boundsWhatItIsTold() {
    LatencyWindow window = new LatencyWindow(0);
    window.record(-5, 0);
    assertThat(window.percentileMs(100, 0)).isZero();
    window.record(Long.MAX_VALUE, 0);
    assertThat(window.percentileMs(100, 0))
        .isCloseTo(24 * 3600 * 1000.0, Percentage.withPercentage(1));
  }
}
