package io.snakepit.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.http.HttpMethod;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SmallPartsTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0.000",
    "-5, 0.000",
    "999, 0.000",
    "1000, 0.001",
    "12345678, 12.345",
    "1000000, 1.000",
    "60010020000, 60010.020",
    "9223372036854775807, 9223372036854.775",
  })
  void writesDurationsInMillisecondsWithThreePlaces(long nanos, String text) {
    assertThat(Millis.text(nanos)).isEqualTo(text);
  }

  @Test
  void comparesKeysWholeAndInEveryScheme() {
    ApiKeys keys = new ApiKeys(List.of("alpha", "beta"));
    assertThat(keys.areRequired()).isTrue();
    assertThat(keys.admit("Bearer alpha")).isTrue();
    assertThat(keys.admit("bearer  beta")).isTrue();
    assertThat(keys.admit("Bearer alph")).isFalse();
    assertThat(keys.admit("Bearer alphabeta")).isFalse();
    assertThat(keys.admit("Bearer ")).isFalse();
    assertThat(keys.admit("Basic alpha")).isFalse();
    assertThat(keys.admit("alpha")).isFalse();
    assertThat(keys.admit(null)).isFalse();
    assertThat(new ApiKeys(List.of()).areRequired()).isFalse();
  }

  @Test
  void knowsWhoIsTheLastToWaitUnderAnIdAndForgetsIt() {
    CallIds ids = new CallIds();
    ids.joined("same");
    ids.joined("same");
    ids.joined("other");
    assertThat(ids.left("same")).isFalse();
    assertThat(ids.left("same")).isTrue();
    assertThat(ids.left("other")).isTrue();
    assertThat(ids.chosen()).isZero();
    assertThat(ids.next()).isNotEqualTo(ids.next());
  }

  @Test
  void matchesPathsSegmentBySegment() {
    Route route = Route.of(HttpMethod.GET, "/v1/pools/{pool}", (exchange, names) -> {});
    assertThat(route.match(Route.split("/v1/pools/main"))).containsExactly("main");
    assertThat(route.match(Route.split("/v1/pools/"))).isNull();
    assertThat(route.match(Route.split("/v1/pools"))).isNull();
    assertThat(route.match(Route.split("/v2/pools/main"))).isNull();
    assertThat(route.match(Route.split("/v1/pools/main/"))).isNull();
    assertThat(route.takes(HttpMethod.HEAD)).isTrue();
    assertThat(route.takes(HttpMethod.POST)).isFalse();
  }
}
