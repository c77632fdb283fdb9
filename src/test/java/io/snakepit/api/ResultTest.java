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

/** A result is given as Python wrote it (E6). */
class ResultTest {

  @Test
  void readsEveryKindOfJson() {
    assertThat(json("{\"a\":{}}").json()).isEqualTo(new JsonObject().put("a", new JsonObject()));
    assertThat(json("[1,null]").json()).isEqualTo(new JsonArray().add(1).addNull());
    assertThat(json("\"häß\"").json()).isEqualTo("häß");
    assertThat(json("true").json()).isEqualTo(true);
    assertThat(json("null").json()).isNull();
    assertThat(json("0.1").json()).isEqualTo(0.1);
  }

  @Test
  void keepsIntegersOfAnySizeExactly() {
    assertThat(json("9007199254740993").json()).isEqualTo(9007199254740993L);
    BigInteger huge = BigInteger.TEN.pow(40).add(BigInteger.ONE);
    assertThat(json(huge.toString()).json()).isEqualTo(huge);
  }

  @Test
  void jsonPassesAsPythonWroteIt() {
    Result result = json("{ \"a\" : 1.0 }");
    assertThat(result.jsonBytes()).isSameAs(result.bytes());
    assertThat(result.isJson()).isTrue();
    assertThat(new Result("c", Call.JSON, Buffer.buffer("1"), "w", Duration.ZERO).isJson())
        .isTrue();
  }

  @Test
  void bytesAreWrappedWhereOnlyJsonCanGo() {
    Result result = new Result("c", "image/png", Buffer.buffer("ab>"), "w", Duration.ZERO);
    assertThat(result.isJson()).isFalse();
    assertThat(result.json()).isEqualTo(new JsonObject().put("$bytes", "YWI+"));
    assertThat(result.jsonBytes()).hasToString("{\"$bytes\":\"YWI+\"}");
    assertThat(result.jsonBytes().toJsonObject()).isEqualTo(result.json());
  }

  @Test
  void tellsItsDurationWithFractions() {
    assertThat(new Result("c", "", Buffer.buffer("1"), "w", Duration.ofNanos(1_234_500)))
        .extracting(Result::durationMs)
        .isEqualTo(1.2345);
  }

  @Test
  void brokenJsonIsAFaultAndNoValue() {
    assertThatThrownBy(() -> json("{").json()).isInstanceOf(DecodeException.class);
  }

  private static Result json(String text) {
    return new Result("call", "", Buffer.buffer(text), "main-1", Duration.ofMillis(1));
  }
}
