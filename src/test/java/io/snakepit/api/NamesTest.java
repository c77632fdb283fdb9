package io.snakepit.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.buffer.Buffer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The bounds of names, exactly at their edges. Fails if one of them is moved by one, or takes
 * another letter.
 */
class NamesTest {

  static Stream<Arguments> bounds() {
    UnaryOperator<String> tool = name -> Call.of(name).tool();
    UnaryOperator<String> session = key -> Call.of("t").session(key).session();
    UnaryOperator<String> id = name -> Call.of("t").id(name).id();
    UnaryOperator<String> pool = name -> Call.of("t").pool(name).pool();
    UnaryOperator<String> type = name -> Call.of("t").body(Buffer.buffer(), name).contentType();
    return Stream.of(
        Arguments.of("tool", tool, "A", "azAZ09_.-", 128, " ä/:\n\u0000\ud83d"),
        Arguments.of("session", session, "A", "azAZ09_.-:", 256, " ä/\n\u0000\ud83d"),
        Arguments.of("call's id", id, "!", "!~aZ\"/\\", 256, " ä\n\u007f\u0000\ud83d"),
        Arguments.of("pool", pool, "a", "az09-", 63, " ä_.A:\n\u0000"),
        Arguments.of("content type", type, "x", " \t~/;=\"", 1024, "ä\n\r\u0000\u007f\ud83d"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bounds")
  void whatIsWithinItsBoundsIsTaken(
      String what, Function<String, String> maker, String first, String letters, int most) {
    for (String name : new String[] {first, first + letters, first.repeat(most)}) {
      assertThat(maker.apply(name)).isEqualTo(name);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bounds")
  void whatIsNotIsRefusedAndShownInPart(
      String what,
      Function<String, String> maker,
      String first,
      String letters,
      int most,
      String others) {
    refuses(what, maker, null);
    refuses(what, maker, first.repeat(most + 1));
    refuses(what, maker, first.repeat(5_000_000));
    others.chars().forEach(other -> refuses(what, maker, first + (char) other));
  }

  private static void refuses(String what, Function<String, String> maker, String name) {
    assertThatThrownBy(() -> maker.apply(name))
        .isInstanceOfSatisfying(
            SnakepitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST))
        .hasMessageContaining(what + " must be ")
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(320).doesNotContain("\n"));
  }
}
