package io.snakepit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.snakepit.api.Call;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class DurationConverterTest {
  private final DurationConverter converter = new DurationConverter();

  @ParameterizedTest
  @CsvSource({"500ms,500", "30s,30000", "2m,120000", "1h,3600000"})
  void readsNumbersWithUnits(String text, long milliseconds) {
    assertThat(converter.convert(text)).isEqualTo(Duration.ofMillis(milliseconds));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "30", "s", "-1s", "1.5s", "3 s", "1d"})
  void refusesAnythingElse(String text) {
    assertThatThrownBy(() -> converter.convert(text))
        .isInstanceOf(TypeConversionException.class)
        .hasMessageContaining("30s")
        .hasMessageEndingWith("got " + text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"9999999999s", "99999999999999999999h"})
  void takesWhatNoClockCanCountForTheLongest(String text) {
    assertThat(converter.convert(text)).isEqualTo(Duration.ofMillis(Call.LONGEST_TIMEOUT_MS));
  }

  @Test
  void refusesZero() {
    assertThatThrownBy(() -> converter.convert("0s")).hasMessageContaining("at least 1");
  }
}
