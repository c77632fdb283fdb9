package io.snakepit.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShownTest {

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "a tool's name", "größe 中 😀", "\"quoted\""})
  void aShortTextIsShownAsItIs(String text) {
    assertThat(Shown.of(text)).isEqualTo(text);
  }

  @Test
  void aLongOneIsCutAtTwoHundredCharacters() {
    assertThat(Shown.of("x".repeat(200))).isEqualTo("x".repeat(200));
    assertThat(Shown.of("x".repeat(201))).isEqualTo("x".repeat(199) + "…");
    assertThat(Shown.of("x".repeat(5_000_000))).isEqualTo("x".repeat(199) + "…");
    assertThat(Shown.of("ä".repeat(5_000_000))).isEqualTo("ä".repeat(199) + "…");
  }

  @Test
  void isNeverCutAmidACodePoint() {
    assertThat(Shown.of("😀".repeat(101))).isEqualTo("😀".repeat(99) + "…");
    assertThat(Shown.of("x" + "😀".repeat(100))).isEqualTo("x" + "😀".repeat(99) + "…");
    assertThat(Shown.of((Object) ("x".repeat(200) + "😀")))
        .isEqualTo('"' + "x".repeat(199) + "…\"");
  }

  @Test
  void whatMovesATerminalOrHidesIsMadeVisible() {
    assertThat(Shown.of("a\nb\rc\td")).isEqualTo("a\\nb\\rc\\td");
    assertThat(Shown.of("\u001b[2J\u0007\u0000\u007f"))
        .isEqualTo("\\u001b[2J\\u0007\\u0000\\u007f");
    assertThat(Shown.of("\u2028\u202e\u200b\ufeff")).isEqualTo("\\u2028\\u202e\\u200b\\ufeff");
    assertThat(Shown.of("lone \ud83d surrogate")).isEqualTo("lone \\ud83d surrogate");
    assertThat(Shown.of("\u0000".repeat(1_000))).isEqualTo("\\u0000".repeat(33) + "…");
  }

  @Test
  void valuesAreShownByThemselvesOrByTheirKind() {
    assertThat(Shown.of((Object) "text")).isEqualTo("\"text\"");
    assertThat(Shown.of(5)).isEqualTo("5");
    assertThat(Shown.of(true)).isEqualTo("true");
    assertThat(Shown.of((Object) null)).isEqualTo("null");
    assertThat(Shown.of(BigInteger.TEN)).isEqualTo("10");
    assertThat(Shown.of(new BigDecimal("1.50"))).isEqualTo("1.50");
    assertThat(Shown.of(new JsonObject().put("a", 1))).isEqualTo("an object");
    assertThat(Shown.of(new JsonArray().add(1))).isEqualTo("an array");
    assertThat(Shown.of(List.of(1))).isEqualTo("an array");
    assertThat(Shown.of(Buffer.buffer("b"))).isEqualTo("bytes");
    assertThat(Shown.of(new Object())).isEqualTo("a value of type Object");
    assertThat(Shown.of((Object) 'x')).isEqualTo("\"x\"");
  }

  /** Fails if it writes them first: these take minutes, or the stack. */
  @Test
  void nothingIsWrittenThatIsNotShown() {
    assertThat(Shown.of(BigInteger.ONE.shiftLeft(40_000_000))).isEqualTo("a number of many digits");
    assertThat(Shown.of(new BigDecimal("1e-2000000000").negate())).hasSizeLessThanOrEqualTo(200);
    List<Object> deep = new ArrayList<>();
    for (int i = 0; i < 100_000; i++) {
      deep = new ArrayList<>(List.of(deep));
    }
    assertThat(Shown.of(deep)).isEqualTo("an array");
  }
}
