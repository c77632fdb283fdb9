package io.snakepit.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.snakepit.api.ErrorCode;
import io.snakepit.api.SnakepitException;
import java.util.List;
import org.junit.jupiter.api.Test;

class PoolNamesTest {
  private static PoolNames names(String... pools) {
    return new PoolNames(List.of(pools));
  }

  private static void assertRefused(PoolNames names, String name, ErrorCode code, String text) {
    assertThatThrownBy(() -> names.resolve(name))
        .isInstanceOfSatisfying(
            SnakepitException.class, error -> assertThat(error.code()).isEqualTo(code))
        .hasMessageContaining(text);
  }

  @Test
  void noNameMeansDefaultElseTheOnlyOne() {
    assertThat(names("ml", "default").resolve("")).isEqualTo("default");
    assertThat(names("ml").resolve("")).isEqualTo("ml");
    assertThat(names("ml", "default").resolve("ml")).isEqualTo("ml");
  }

  @Test
  void severalNeedAName() {
    assertRefused(
        names("ml", "web"),
        "",
        ErrorCode.INVALID_REQUEST,
        "pool must be named, since there is no pool \"default\": one of ml, web");
  }

  @Test
  void anUnknownNameIsRefusedWithThoseThereAre() {
    assertRefused(
        names("ml", "web"),
        "wbe",
        ErrorCode.POOL_NOT_FOUND,
        "there is no pool \"wbe\": there is ml, web");
  }

  @Test
  void theDoorsLiveWhereNoNameLeadsElseAtTheFirst() {
    assertThat(names("ml", "default").home()).isEqualTo("default");
    assertThat(names("ml", "web").home()).isEqualTo("ml");
  }
}
