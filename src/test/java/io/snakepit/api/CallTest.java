package io.snakepit.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.CharBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallTest {

  @Test
  void aNewCallSaysNothingButItsTool() {
    Call call = Call.of("add");
    assertThat(call.tool()).isEqualTo("add");
    assertThat(call.pool()).isEmpty();
    assertThat(call.session()).isEmpty();
    assertThat(call.id()).isEmpty();
    assertThat(call.contentType()).isEmpty();
    assertThat(call.body().length()).isZero();
    assertThat(call.timeoutMs()).isZero();
    assertThat(call.idempotent()).isFalse();
    assertThat(call).hasToString("Call[add new]");
  }

  @Test
  void eachMethodAnswersAChangedCopyThatKeepsAllElse() {
    Call call =
        Call.of("add")
            .with("a", 1)
            .pool("ml")
            .session("user-7")
            .id("call-1")
            .timeout(Duration.ofSeconds(5))
            .idempotent(true);
    assertThat(call.body()).hasToString("{\"a\":1}");
    assertThat(call.pool()).isEqualTo("ml");
    assertThat(call.session()).isEqualTo("user-7");
    assertThat(call.id()).isEqualTo("call-1");
    assertThat(call.timeoutMs()).isEqualTo(5000);
    assertThat(call.idempotent()).isTrue();
    assertThat(call).hasToString("Call[add call-1]");
    assertThat(call.with("b", 2).session()).isEqualTo("user-7");
  }

  @Test
  void noMethodChangesTheCallItself() {
    Call call = Call.of("add").with("a", 1);
    Call other =
        call.with("b", 2)
            .pool("ml")
            .session("s")
            .id("i")
            .timeoutMs(1)
            .idempotent(true)
            .body(Buffer.buffer("x"), "text/plain");
    assertThat(other.body()).hasToString("x");
    assertThat(call.body()).hasToString("{\"a\":1}");
    assertThat(call.pool() + call.session() + call.id() + call.contentType()).isEmpty();
    assertThat(call.timeoutMs()).isZero();
    assertThat(call.idempotent()).isFalse();
  }

  @Test
  void laterChangesOfWhatWasGivenDoNotReachTheCall() {
    JsonObject inner = new JsonObject().put("x", 1);
    byte[] bytes = {1, 2, 3};
    JsonObject args =
        new JsonObject()
            .put("inner", inner)
            .put("list", new JsonArray().add(inner))
            .put("bytes", bytes);
    Call call = Call.of("echo").args(args).with("more", inner);
    String before = call.body().toString();
    inner.put("x", 2);
    args.put("new", true);
    bytes[0] = 9;
    assertThat(call.body()).hasToString(before);
    assertThat(before).contains("\"x\":1").doesNotContain("new");
  }

  @Test
  void argumentsKeepWhatJsonCanExpress() {
    BigInteger huge = BigInteger.TWO.pow(100);
    Call call =
        Call.of("echo")
            .with("huge", huge)
            .with("null", null)
            .with("text", "häß 中")
            .with("chars", CharBuffer.wrap("text"))
            .with("char", 'c')
            .with("map", Map.of("k", List.of(1, true, 0.5)))
            .with("empty", new JsonObject())
            .with("at", Instant.EPOCH)
            .with("unit", java.util.concurrent.TimeUnit.DAYS)
            .with("bytes", new byte[] {1, 2})
            .with("buffer", Buffer.buffer("b"));
    assertThat(call.body())
        .hasToString(
            "{\"huge\":"
                + huge
                + ",\"null\":null,\"text\":\"häß 中\",\"chars\":\"text\",\"char\":\"c\","
                + "\"map\":{\"k\":[1,true,0.5]},\"empty\":{},\"at\":\"1970-01-01T00:00:00Z\","
                + "\"unit\":\"DAYS\",\"bytes\":\"AQI\",\"buffer\":\"Yg\"}");
  }

  @Test
  void argumentsThatJsonCannotExpressAreRefusedWithTheirPlace() {
    assertInvalid(
        () -> Call.of("echo").with("x", Double.NaN),
        "args.x must be a number that JSON can express: got NaN");
    assertInvalid(
        () -> Call.of("echo").with("x", List.of(1, Map.of("y", Float.POSITIVE_INFINITY))),
        "args.x[1].y must be a number that JSON can express: got Infinity");
    assertInvalid(
        () -> Call.of("echo").args(new JsonObject().put("x", new JsonArray().add(new Object()))),
        "args.x[0] must be a value that JSON can express: got a java.lang.Object");
  }

  @Test
  void argumentsAreNestedToAsManyLevelsAsEverywhere() {
    JsonArray deep = nested(HostJson.MAX_DEPTH - 1);
    Call call = Call.of("echo").args(new JsonObject().put("a", deep)).with("b", deep);
    assertThat(call.body().toString()).contains("[".repeat(HostJson.MAX_DEPTH - 1));
    JsonArray tooDeep = nested(HostJson.MAX_DEPTH);
    assertInvalid(() -> Call.of("echo").with("a", tooDeep), "to at most 500 levels");
    assertInvalid(
        () -> Call.of("echo").args(new JsonObject().put("a", tooDeep)), "to at most 500 levels");
    JsonArray bitesItsTail = new JsonArray();
    bitesItsTail.add(bitesItsTail);
    assertInvalid(() -> Call.of("echo").with("a", bitesItsTail), "to at most 500 levels");
    List<Object> list = new ArrayList<>();
    list.add(Map.of("self", list));
    assertInvalid(() -> Call.of("echo").with("a", list), "to at most 500 levels");
  }

  private static JsonArray nested(int depth) {
    JsonArray value = new JsonArray();
    for (int i = 1; i < depth; i++) {
      value = new JsonArray().add(value);
    }
    return value;
  }

  @Test
  void numbersHaveAsManyDigitsAsEverywhere() {
    BigInteger least = BigInteger.TEN.pow(HostJson.MAX_DIGITS);
    Call call = Call.of("echo").with("a", least.subtract(BigInteger.ONE));
    assertThat(call.body().length()).isEqualTo("{\"a\":}".length() + HostJson.MAX_DIGITS);
    for (BigInteger tooLong : List.of(least, least.negate(), least.pow(3))) {
      assertInvalid(
          () -> Call.of("echo").with("a", tooLong), "args.a is a number that is too long");
      assertInvalid(
          () -> Call.of("echo").with("a", new BigDecimal(tooLong, 13_000)),
          "args.a is a number that is too long");
    }
    assertInvalid(
        () -> Call.of("echo").with("a", new BigDecimal("1e999")),
        "args.a must be a number that JSON can express: got one beyond a double's range");
  }

  @Test
  void halvesOfSurrogatePairsAreNoText() {
    assertInvalid(() -> Call.of("echo").with("a", "x\ud800"), "args.a must be a text");
    assertInvalid(() -> Call.of("echo").with("a", '\udc00'), "args.a must be a text");
    assertInvalid(() -> Call.of("echo").with("\ud800", 1), "the name of an argument");
    assertInvalid(() -> Call.of("echo").with("a", Map.of("\ud800", 1)), "a key of args.a");
    assertInvalid(
        () -> Call.of("echo").args(new JsonObject().put("a", List.of("\udc00\ud800"))),
        "args.a[0] must be a text that UTF-8 can express: it has half a surrogate pair");
    assertThat(Call.of("echo").with("a", "\ud83d\udc0d").body())
        .hasToString("{\"a\":\"\ud83d\udc0d\"}");
  }

  @Test
  void argsReplaceArgumentsAndBodies() {
    Call call = Call.of("echo").body(Buffer.buffer("x"), "text/plain");
    assertThat(call.contentType()).isEqualTo("text/plain");
    Call replaced = call.args(new JsonObject().put("a", 1));
    assertThat(replaced.contentType()).isEmpty();
    assertThat(replaced.body()).hasToString("{\"a\":1}");
    assertThat(replaced.args(new JsonObject()).body()).hasToString("{}");
  }

  @Test
  void aBodyIsPassedOnAsItIs() {
    Buffer body = Buffer.buffer("{ \"a\" : 1.0 }");
    Call call = Call.of("echo").with("gone", 1).body(body);
    assertThat(call.body()).isSameAs(body);
    assertThat(call.contentType()).isEmpty();
    assertThat(call.body(body, Call.JSON).contentType()).isEqualTo("application/json");
  }

  @Test
  void aToolNeedsAName() {
    assertInvalid(
        () -> Call.of(""),
        "tool must be the name of a tool, 1 to 128 of A-Z a-z 0-9 _ . -: got \"\"");
    assertInvalid(() -> Call.of(null), "tool must be the name of a tool");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "user-7", "A.b_c:d-9"})
  void takesSessionsOfTheAllowedLetters(String session) {
    assertThat(Call.of("echo").session(session).session()).isEqualTo(session);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "ä", "a/b"})
  void refusesOtherSessions(String session) {
    assertInvalid(
        () -> Call.of("echo").session(session),
        "session must be 1 to 256 of A-Z a-z 0-9 . _ : -: got \"" + session + "\"");
  }

  @Test
  void boundsTheLengthOfSessionsAndIds() {
    String longest = "x".repeat(256);
    assertThat(Call.of("echo").session(longest).id(longest).id()).isEqualTo(longest);
    assertInvalid(() -> Call.of("echo").session(longest + "x"), "session must be 1 to 256");
    assertInvalid(() -> Call.of("echo").id(longest + "x"), "a call's id must be 1 to 256");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "\t", "é"})
  void refusesIdsThatWouldBreakALogLine(String id) {
    assertInvalid(
        () -> Call.of("echo").id(id),
        "a call's id must be 1 to 256 printable ASCII characters without spaces");
  }

  @Test
  void aDeadlineIsAtLeastAMillisecond() {
    assertThat(Call.of("echo").timeoutMs(1).timeoutMs()).isEqualTo(1);
    for (Call endless :
        List.of(
            Call.of("echo").timeout(Duration.ofSeconds(Long.MAX_VALUE, 999_999_999)),
            Call.of("echo").timeout(Duration.ofDays(100 * 365)),
            Call.of("echo").timeoutMs(Long.MAX_VALUE))) {
      assertThat(endless.timeoutMs()).isEqualTo(Call.LONGEST_TIMEOUT_MS);
    }
    assertInvalid(
        () -> Call.of("echo").timeout(Duration.ofSeconds(Long.MIN_VALUE)),
        "timeoutMs must be at least 1: got " + Long.MIN_VALUE);
    assertInvalid(() -> Call.of("echo").timeoutMs(0), "timeoutMs must be at least 1: got 0");
    assertInvalid(
        () -> Call.of("echo").timeout(Duration.ofNanos(10)), "timeoutMs must be at least 1: got 0");
    assertInvalid(
        () -> Call.of("echo").timeout(Duration.ofSeconds(-1)),
        "timeoutMs must be at least 1: got -1000");
  }

  @Test
  void whatMustBeGivenIsNotNull() {
    Call call = Call.of("echo");
    assertInvalid(() -> Call.of(null), "got null");
    assertInvalid(() -> call.pool(null), "got null");
    assertInvalid(() -> call.session(null), "got null");
    assertInvalid(() -> call.id(null), "got null");
    assertInvalid(() -> call.with(null, 1), "the name of an argument must be given: got null");
    assertInvalid(() -> call.args(null), "args must be given: got null");
    assertInvalid(() -> call.body((Buffer) null), "body must be given: got null");
    assertInvalid(() -> call.body(Buffer.buffer("{}"), null), "got null");
    assertInvalid(() -> call.upload(null, "text/plain"), "upload must be given: got null");
    assertInvalid(() -> call.timeout(null), "timeout must be given: got null");
  }

  @Test
  void aDurationThatNoClockCanCountIsTheLongestOrNone() {
    Duration endless = Duration.ofSeconds(Long.MAX_VALUE, 999_999_999);
    assertThat(Call.of("echo").timeout(endless).timeoutMs()).isEqualTo(Call.LONGEST_TIMEOUT_MS);
    assertInvalid(
        () -> Call.of("echo").timeout(Duration.ofSeconds(Long.MIN_VALUE)),
        "timeoutMs must be at least 1: got -9223372036854775808");
  }

  private static void assertInvalid(ThrowingCallable action, String message) {
    assertThatThrownBy(action)
        .isInstanceOfSatisfying(
            SnakepitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST))
        .hasMessageContaining(message);
  }
}
