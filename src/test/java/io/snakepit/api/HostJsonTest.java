package io.snakepit.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigInteger;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostJsonTest {

  private static Object read(String json) {
    return HostJson.read(Buffer.buffer(json));
  }

  private static Result result(String json) {
    return new Result("call-1", "", Buffer.buffer(json), "main-1", Duration.ZERO);
  }

  @Test
  void readsWhatVertxReads() {
    assertThat(read(" {\"a\":[1,2.5,\"é\",true,null,{}]} "))
        .isEqualTo(new JsonObject("{\"a\":[1,2.5,\"é\",true,null,{}]}"));
    assertThat(read("[[]]")).isEqualTo(new JsonArray("[[]]"));
    assertThat(read("null")).isNull();
    assertThat(read("\"x\"")).isEqualTo("x");
    assertThat(read("12345678901")).isEqualTo(12345678901L);
  }

  /** Fails with the limits that the parser has by default: 1,000 digits, 20 MB, 1,000 levels. */
  @Test
  void takesWhatPythonWrites() {
    String digits = "9".repeat(HostJson.MAX_DIGITS);
    assertThat(result(digits).json()).isEqualTo(new BigInteger(digits));
    String text = "x".repeat(25_000_000);
    assertThat(result("\"" + text + "\"").json()).isEqualTo(text);
    assertThat(read("{\"" + "k".repeat(60_000) + "\":1}")).isInstanceOf(JsonObject.class);
    String deep = "[".repeat(HostJson.MAX_DEPTH) + "]".repeat(HostJson.MAX_DEPTH);
    assertThat(((JsonArray) result(deep).json()).encode()).isEqualTo(deep);
    assertThat(new Chunk("", Buffer.buffer(digits), false).json())
        .isEqualTo(new BigInteger(digits));
  }

  @Test
  void saysHowDeepAndHowLong() {
    assertThatThrownBy(() -> read("[".repeat(2_000)))
        .isInstanceOf(DecodeException.class)
        .hasMessage("the text is " + HostJson.TOO_DEEP);
    assertThatThrownBy(() -> read("9".repeat(HostJson.MAX_DIGITS + 1)))
        .hasMessage("the text has " + HostJson.TOO_LONG);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[1,]",
        "nul",
        "{} {}",
        "\"",
        "\"\u0001\"",
        "01",
        "{\"a\"}",
        "'a'",
        "NaN"
      })
  void namesNoLibraryWhateverIsWrong(String json) {
    assertThatThrownBy(() -> read(json))
        .isInstanceOf(DecodeException.class)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContainIgnoringCase("jackson"))
        .satisfies(
            e -> assertThat(e.getMessage()).doesNotContain("Feature").doesNotContain("Source"));
    assertThatThrownBy(() -> HostJson.readObject(Buffer.buffer("[]")))
        .hasMessage("the text is no JSON object");
  }

  @Test
  void aMessageIsAlwaysAText() {
    SnakepitException error =
        new SnakepitException(ErrorCode.INTERNAL, "a\ud800b\udc00\ud83d\udc0d");
    assertThat(error.detail()).isEqualTo("a\ufffdb\ufffd\ud83d\udc0d");
  }
}
