package io.snakepit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuantityTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "7, 7",
    "0.1234, 0.12",
    "12.34, 12.3",
    "1234.2, '1,234'",
    "NaN, unknown",
    "Infinity, no limit",
  })
  void numbersHaveTheDigitsThatCount(double figure, String text) {
    assertThat(Quantity.number(figure)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "500, 500 B",
    "2048, 2.0 KiB",
    "3565158, 3.4 MiB",
    "1e15, 909.5 TiB",
    "NaN, unknown",
  })
  void bytesAreInTheLargestUnit(double bytes, String text) {
    assertThat(Quantity.bytes(bytes)).isEqualTo(text);
  }

  @Test
  void whatIsUnknownHasNoUnit() {
    assertThat(Quantity.millis(Double.NaN)).isEqualTo("unknown");
    assertThat(Quantity.percent(Double.NaN)).isEqualTo("unknown");
    assertThat(Quantity.millis(3)).isEqualTo("3 ms");
    assertThat(Quantity.percent(0.456)).isEqualTo("46 %");
  }
}
