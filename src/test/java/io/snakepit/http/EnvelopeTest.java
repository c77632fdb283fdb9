package io.snakepit.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.HostJson;
import io.snakepit.api.Result;
import io.snakepit.api.SnakepitException;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvelopeTest {

  private static Envelope read(String text) {
    return scan(Buffer.buffer(text), Integer.MAX_VALUE);
  }

  /** Scans a body that arrives in pieces of that length. */
  private static Envelope scan(Buffer body, int pieceBytes) {
    EnvelopeScanner scanner = new EnvelopeScanner();
    for (int from = 0; from < body.length(); from += Math.min(pieceBytes, body.length() - from)) {
      scanner.feed(body.slice(from, from + Math.min(pieceBytes, body.length() - from)));
    }
    return scanner.end(body);
  }

  private static void assertRefused(Buffer body, String part) {
    assertThatThrownBy(() -> scan(body, Integer.MAX_VALUE))
        .isInstanceOf(SnakepitException.class)
        .hasMessageContaining(part)
        .extracting(e -> ((SnakepitException) e).code())
        .isEqualTo(ErrorCode.INVALID_REQUEST);
  }

  private static void assertRefused(String text, String part) {
    assertRefused(Buffer.buffer(text), part);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{ }",
        "{\n\t\"a\" : [ 1 , 2 ] \r\n}",
        "{\"ключ\":\"значение\",\"雪\":\"☃\",\"😀\":\"😀😀\"}",
        "{\"a\":\"\\u00e9\\\"\\\\\\/\\b\\f\\n\\r\\t\\ud83d\\ude00\"}",
        "{\"lone\":\"\\ud800\"}",
        "{\"a\":{\"b\":{\"c\":[{\"}\":\"]\"},[[]],{}]}}}",
        "{\"$args\":\"}}}\",\"b\":\"{\"}",
        "{\"n\":123456789012345678901234567890,\"d\":1.10,\"e\":1e400,\"z\":-0.0}",
        "{\"dup\":1,\"dup\":2,\"\":null,\"t\":true,\"f\":false}",
      })
  void cutsOutTheArgumentsByteForByte(String args) {
    for (String body :
        new String[] {
          "{\"tool\":\"t\",\"args\":" + args + "}",
          "{\"args\":" + args + ",\"tool\":\"t\"}",
          " \r\n\t{ \"tool\" : \"é☃😀\" , \"args\" :\n " + args + " \t} \n",
        }) {
      Buffer found = read(body).args();
      assertThat(found).isNotNull();
      assertThat(found.toString()).isEqualTo(args);
    }
  }

  @Test
  void takesNumbersAndTextsOfAnyLength() {
    String digits = "9".repeat(100_000);
    String args =
        "{\"n\":%s,\"d\":0.%s,\"s\":\"%s\",\"%s\":1}".formatted(digits, digits, digits, digits);
    assertThat(read("{\"tool\":\"t\",\"args\":" + args + "}").args()).hasToString(args);
  }

  @Test
  void takesObjectsOfVeryManyKeys() {
    StringBuilder args = new StringBuilder("{");
    for (int i = 0; i < 200_000; i++) {
      args.append(i == 0 ? "" : ",").append("\"key-").append(i).append("\":").append(i);
    }
    args.append("}");
    assertThat(read("{\"tool\":\"t\",\"args\":" + args + "}").args()).hasToString(args.toString());
  }

  @Test
  void takesDeepNestingUpToALimit() {
    int depth = JsonScanner.MAX_DEPTH - 2;
    String deep = "{\"a\":" + "[".repeat(depth) + "]".repeat(depth) + "}";
    assertThat(read("{\"tool\":\"t\",\"args\":" + deep + "}").args()).hasToString(deep);

    String bottomless = "[".repeat(1_000_000);
    String within = "{\"tool\":\"t\",\"args\":{\"a\":";
    assertRefused(within + bottomless, "args is " + HostJson.TOO_DEEP);
    assertRefused(within + "[".repeat(depth + 1), "args is " + HostJson.TOO_DEEP);
  }

  /** Fails if anything depends on where the network cuts a body. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 8_191, 8_192, 8_193})
  void readsTheSameHoweverTheBodyIsCut(int pieceBytes) {
    String args =
        "{\"é☃😀\\u00e9\\\"\":[-0.10e+5,true,null,{\"}\":\"]\"},\"%s\",12]}"
            .formatted("x".repeat(20_000));
    String body =
        " {\"to\\u006fl\":\"caf\\u00e9☃\",\"args\" : %s,\"timeoutMs\":12,\"idempotent\":true}\n"
            .formatted(args);
    assertThat(scan(Buffer.buffer(body), pieceBytes))
        .isEqualTo(new Envelope("café☃", Buffer.buffer(args), null, null, 12, true));
  }

  /** Fails if a fault is noticed at the end alone. */
  @Test
  void refusesAFaultAsSoonAsItHasArrived() {
    EnvelopeScanner scanner = new EnvelopeScanner();
    scanner.feed(Buffer.buffer("{\"tool\":\"t\",\"args\":{\"a\":1"));
    assertThatThrownBy(() -> scanner.feed(Buffer.buffer("x")))
        .hasMessageContaining("line 1, column 26: unexpected 'x'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tool", "pool", "session"})
  void keepsNoMoreThanTheBeginOfATextThatIsTooLong(String key) {
    EnvelopeScanner scanner = new EnvelopeScanner();
    scanner.feed(Buffer.buffer("{\"%s\":\"".formatted(key)));
    Buffer piece = Buffer.buffer("é".repeat(500_000));
    for (int i = 0; i < 50; i++) {
      scanner.feed(piece);
    }
    scanner.feed(Buffer.buffer(key.equals("tool") ? "\"}" : "\",\"tool\":\"t\"}"));
    Envelope envelope = scanner.end(Buffer.buffer());
    String kept =
        key.equals("tool")
            ? envelope.tool()
            : key.equals("pool") ? envelope.pool() : envelope.session();
    assertThat(kept).hasSizeBetween(4_000, JsonScanner.KEPT_BYTES);
  }

  @Test
  void namesNoMoreThanTheBeginOfAnUnknownKey() {
    assertThatThrownBy(() -> read("{\"" + "k".repeat(1_000_000) + "\":1}"))
        .hasMessageContaining("unknown key \"kkk")
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(300));
  }

  @ParameterizedTest
  @CsvSource({
    "99999999999999999999",
    "9223372036854775807",
    "999999999999999999",
    "3153600000000",
    "3153600000001"
  })
  void aTimeThatNoClockCanCountIsTheLongest(String digits) {
    Envelope envelope = read("{\"tool\":\"t\",\"timeoutMs\":%s}".formatted(digits));
    assertThat(envelope.applyTo(Call.of("t")).timeoutMs()).isEqualTo(Call.LONGEST_TIMEOUT_MS);
  }

  @Test
  void readsEveryKey() {
    Envelope envelope =
        read(
            "{\"idempotent\":false,\"timeoutMs\":5,\"session\":\"s\",\"pool\":\"\",\"tool\":\"caf\\u00e9\"}");
    assertThat(envelope).isEqualTo(new Envelope("café", null, "", "s", 5, false));
  }

  @Test
  void leavesWhatIsNotGivenOpen() {
    assertThat(read("{\"tool\":\"t\"}")).isEqualTo(new Envelope("t", null, null, null, 0, null));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tool | 1 | tool must be a text: got a number",
        "tool | null | tool must be a text: got null",
        "args | [] | args must be an object: got an array",
        "args | null | args must be an object: got null",
        "args | \"{}\" | args must be an object: got a text",
        "args | true | args must be an object: got true",
        "pool | 5 | pool must be a text",
        "pool | null | pool must be a text",
        "session | {} | session must be a text: got an object",
        "timeoutMs | \"5\" | timeoutMs must be a whole number of at least 1: got a text",
        "timeoutMs | 5.0 | timeoutMs must be a whole number of at least 1: got another number",
        "timeoutMs | 0 | timeoutMs must be at least 1: got 0",
        "timeoutMs | -1 | timeoutMs must be at least 1: got -1",
        "timeoutMs | -99999999999999999999 | timeoutMs must be at least 1: got -9",
        "idempotent | 1 | idempotent must be true or false: got a number",
        "idempotent | \"true\" | idempotent must be true or false: got a text",
        "colour | 1 | unknown key \"colour\"",
        "call | \"c\" | unknown key \"call\"",
      })
  void refusesWrongTypesAndUnknownKeysByName(String key, String value, String reason) {
    assertRefused("{\"%s\":%s}".formatted(key, value), reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"tool\":\"t\",\"tool\":\"u\"} | key \"tool\" stands there twice",
        "{\"args\":{},\"tool\":\"t\",\"args\":{}} | key \"args\" stands there twice",
        "{} | tool must be the name of a tool: it is missing",
        "{\"args\":{}} | tool must be the name of a tool",
        "{\"tool\":\"t\"}{} | goes on after",
        "{\"tool\":\"t\"} x | not valid JSON at line 1",
        "{\"tool\":\"t\"}} | not valid JSON",
        "{\"tool\":\"t\" | ends before its object does",
        "{\"tool\":\"t\",} | not valid JSON",
        "{\"tool\":\"t\",\"args\":{\"a\":NaN}} | not valid JSON",
        "{\"tool\":\"t\",\"args\":{\"a\":Infinity}} | not valid JSON",
        "{\"tool\":\"t\",\"args\":{\"a\":01}} | not valid JSON",
        "{\"tool\":\"t\",\"args\":{a:1}} | not valid JSON",
        "{\"tool\":\"t\",\"args\":{\"a\":[1} | not valid JSON",
        "{'tool':'t'} | not valid JSON",
        "// hi | not valid JSON",
        "[] | must be a JSON object: got an array",
        "\"t\" | must be a JSON object: got a text",
        "null | must be a JSON object: got null",
      })
  void refusesWhatIsNotOneWholeObject(String body, String reason) {
    assertRefused(body, reason);
  }

  @Test
  void refusesEmptyAndBlankBodies() {
    assertRefused("", "it is empty");
    assertRefused(" \n ", "must be a JSON object: got nothing");
  }

  @Test
  void refusesByteOrderMark() {
    assertRefused("\ufeff{\"tool\":\"t\"}", "byte-order mark");
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32", "UTF-32LE", "UTF-32BE"})
  void refusesOtherEncodings(String charset) {
    byte[] bytes = "{\"tool\":\"t\",\"args\":{}}".getBytes(Charset.forName(charset));
    assertRefused(Buffer.buffer(bytes), "must be JSON in UTF-8");
  }

  @Test
  void refusesBrokenUtf8() {
    Buffer body = Buffer.buffer("{\"tool\":\"t\",\"args\":{\"a\":\"");
    body.appendBytes(new byte[] {(byte) 0xc3, '"', '}', '}'});
    assertRefused(body, "the body is not valid");
    assertRefused(
        Buffer.buffer("{\"tool\":\"é\"}".getBytes(StandardCharsets.ISO_8859_1)),
        "the body is not valid");
  }

  @Test
  void splicesTheResultAsItStandsAndEscapesTheRest() {
    String result = "{ \"n\":1.10, \"é\": 1e400 }";
    Result answered =
        new Result("c", "", Buffer.buffer(result), "w\"1", Duration.ofNanos(1_002_000));
    assertThat(CallAnswer.splice(answered))
        .hasToString("{\"result\":" + result + ",\"worker\":\"w\\\"1\",\"durationMs\":1.002}");
  }
}
