package io.snakepit.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FiguresTest {
  /** A crowded machine may do a thousandth of its floor: that is little, and not nothing. */
  @ParameterizedTest
  @CsvSource({
    "15181.00049, 15181.0",
    "1.23456, 1.235",
    "0.98765, 0.988",
    "0.00023456, 0.000235",
    "0, 0.0",
    "NaN,"
  })
  void bringsFiguresIntoTheReport(double measured, Double written) {
    JsonObject json = new JsonObject();

    Figures.put(json, "figure", measured);

    assertThat(json.getDouble("figure")).isEqualTo(written);
    assertThat(json.containsKey("figure")).isTrue();
  }
}
