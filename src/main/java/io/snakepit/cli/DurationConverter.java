package io.snakepit.cli;

import io.snakepit.api.Call;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Converter of {@code 500ms}, {@code 30s}, {@code 2m} or {@code 1h}: at least 1 ms. More than a
 * clock can count is as long as can be.
 */
final class DurationConverter implements ITypeConverter<Duration> {
  private static final int COUNTED_DIGITS = 9;
  private static final Pattern TEXT = Pattern.compile("0*([0-9]+)(ms|s|m|h)");
  private static final Map<String, Duration> UNITS =
      Map.of(
          "ms", Duration.ofMillis(1),
          "s", Duration.ofSeconds(1),
          "m", Duration.ofMinutes(1),
          "h", Duration.ofHours(1));

  @Override
  public Duration convert(String text) {
    Matcher parts = TEXT.matcher(text);
    Duration unit = parts.matches() ? UNITS.get(parts.group(2)) : null;
    Duration duration = unit == null ? Duration.ZERO : times(unit, parts.group(1));
    if (duration.isZero()) {
      throw new TypeConversionException(
          "must be a number of at least 1 with a unit, such as 500ms, 30s or 2m: got " + text);
    }
    return duration;
  }

  private static Duration times(Duration unit, String number) {
    return number.length() > COUNTED_DIGITS
        ? Duration.ofMillis(Call.LONGEST_TIMEOUT_MS)
        : unit.multipliedBy(Long.parseLong(number));
  }
}
