package io.snakepit.diagnostics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FiguresTest {
  @ParameterizedTest
  @CsvSource({
    "4096, 4096",
    "'200\n', 200",
    "max, Infinity",
    "unlimited, Infinity",
    "9223372036854771712, Infinity",
    "9223372036854775807, Infinity",
    "-1, -1",
    "some words, NaN",
    ", NaN",
  })
  void readsALimit(String text, double limit) {
    assertThat(Figures.limit(text)).isEqualTo(Double.valueOf(limit));
  }

  @Test
  void sumsLinesInKibibytes() {
    String smaps = "Rss:   100 kB\nPrivate_Clean:   4 kB\nPrivate_Dirty:  12 kB\n";

    assertThat(Figures.kibibytes(smaps, "Private_(?:Clean|Dirty|Hugetlb)")).isEqualTo(16 * 1024);
    assertThat(Figures.kibibytes(smaps, "Pss")).isNaN();
    assertThat(Figures.kibibytes(null, "Pss")).isNaN();
  }

  @Test
  void takesTheSoftLimit() {
    assertThat(Figures.softLimit(FakeMachine.limits("unlimited"), "Max open files")).isInfinite();
    assertThat(Figures.softLimit(FakeMachine.limits("1024"), "Max open files")).isEqualTo(1024);
    assertThat(Figures.softLimit(null, "Max open files")).isNaN();
  }

  @Test
  void findsANumberByTheWordBefore() {
    assertThat(Figures.after("active_file 5\ninactive_file 7\n", "inactive_file")).isEqualTo(7);
    assertThat(Figures.after("total_inactive_file 7\n", "inactive_file")).isNaN();
  }
}
