package io.snakepit.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ToolCallTest extends DoorTestBase {

  @Test
  void passesArgumentsAndResultUntouched() throws Exception {
    String odd = "{ \"n\" : 123456789012345678901234567890.10, \"é\":\"\\u00e9 ☃\", \"n\":1e400 } ";
    Probe.Answer answer = probe.post(ECHO, odd, JSON);

    Call call = executor.next();
    assertThat(call.pool()).isEqualTo("default");
    assertThat(call.tool()).isEqualTo("echo");
    assertThat(call.contentType()).isEmpty();
    assertThat(call.body().toString()).isEqualTo(odd);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text()).isEqualTo(odd);
  }

  @Test
  void tellsTypeWorkerDurationAndCallInHeaders() throws Exception {
    Probe.Answer answer = probe.post(ECHO, "{}", JSON, "Snakepit-Call-Id: mine-7");

    assertThat(answer.header("Content-Type")).isEqualTo("application/json");
    assertThat(answer.header("Snakepit-Worker")).isEqualTo("default-1");
    assertThat(answer.header("Snakepit-Duration-Ms")).isEqualTo("12.345");
    assertThat(answer.header("Snakepit-Call-Id")).isEqualTo("mine-7");
    assertThat(answer.header("Date")).endsWith(" GMT");
    assertThat(executor.next().id()).isEqualTo("mine-7");
  }

  @Test
  void answersWithTheIdThatWasMadeForTheCall() throws Exception {
    String first = probe.post(ECHO, "{}", JSON).header("Snakepit-Call-Id");
    assertThat(first).startsWith("http-").isEqualTo(executor.next().id());
    String second = probe.post(ECHO, "{}", JSON).header("Snakepit-Call-Id");
    assertThat(second).isNotEqualTo(first).isEqualTo(executor.next().id());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/json",
        "application/json; charset=utf-8",
        "Application/JSON;charset=\"UTF-8\"",
      })
  void takesJsonWithParametersForJson(String type) throws Exception {
    probe.post(ECHO, "{}", "Content-Type: " + type);
    assertThat(executor.next().contentType()).isEmpty();
  }

  @Test
  void takesBodyWithoutTypeForJson() throws Exception {
    probe.post(ECHO, "{}");
    assertThat(executor.next().contentType()).isEmpty();
  }

  @Test
  void passesBytesOfAnyOtherTypeWithTheirType() throws Exception {
    byte[] bytes = new byte[1000];
    new Random(7).nextBytes(bytes);
    Probe.Answer answer = probe.post(ECHO, bytes, "Content-Type: image/png; q=1");

    Call call = executor.next();
    assertThat(call.contentType()).isEqualTo("image/png; q=1");
    assertThat(call.body().getBytes()).isEqualTo(bytes);
    assertThat(answer.header("Content-Type")).isEqualTo("image/png; q=1");
    assertThat(answer.body()).isEqualTo(bytes);
  }

  /** {@code curl -d ''} sends a form. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-None: at all",
        "Content-Type:",
        "Content-Type: application/json",
        "Content-Type: Application/JSON; charset=utf-16",
        "Content-Type: application/x-www-form-urlencoded",
      })
  void takesNothingInJsonForNoArguments(String type) throws Exception {
    assertEmpty(type, "");
  }

  /** Seen red when the type of an empty body was dropped: the tool was told to be sent bytes. */
  @ParameterizedTest
  @ValueSource(strings = {"application/octet-stream", "image/png; q=1", "text/plain"})
  void takesNothingInAnyOtherTypeForNoBytes(String type) throws Exception {
    assertEmpty("Content-Type: " + type, type);
  }

  private void assertEmpty(String header, String type) throws Exception {
    for (String length :
        new String[] {"Content-Length: 0\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"}) {
      probe.send(Probe.head("POST", ECHO, header) + length);
      assertThat(probe.answer().status()).isEqualTo(200);
      Call call = executor.next();
      assertThat(call.body().length()).isZero();
      assertThat(call.contentType()).isEqualTo(type);
    }
  }

  @Test
  void takesNoBodyAtAllForNoArguments() throws Exception {
    assertThat(probe.ask("POST", ECHO).status()).isEqualTo(200);
    assertThat(executor.next().body().length()).isZero();
  }

  @Test
  void tellsWhoSendsFormHowToSendJson() throws Exception {
    Probe.Answer answer =
        probe.post(ECHO, "{\"a\":1}", "Content-Type: application/x-www-form-urlencoded");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().getString("code")).isEqualTo("INVALID_REQUEST");
    assertThat(answer.json().getString("detail"))
        .contains("send -H 'content-type: application/json'");
  }

  @Test
  void refusesJsonInAnotherCharset() throws Exception {
    Probe.Answer answer =
        probe.post(ECHO, "{}", "Content-Type: application/json; charset=ISO-8859-1");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().getString("detail")).contains("charset=utf-8").contains("ISO-8859-1");
  }

  @Test
  void passesLargeBodiesOfManyPieces() throws Exception {
    byte[] large = new byte[MAX_BODY];
    new Random(8).nextBytes(large);
    Probe.Answer answer = probe.post(ECHO, large, "Content-Type: application/octet-stream");
    assertThat(answer.body()).isEqualTo(large);
  }

  @Test
  void readsSessionTimeoutAndIdempotenceFromHeaders() throws Exception {
    probe.post(
        ECHO,
        "{}",
        JSON,
        "Snakepit-Session: user-7",
        "snakepit-timeout-ms: 1500",
        "Snakepit-Idempotent: TRUE");
    Call call = executor.next();
    assertThat(call.session()).isEqualTo("user-7");
    assertThat(call.timeoutMs()).isEqualTo(1500);
    assertThat(call.idempotent()).isTrue();

    probe.post(ECHO, "{}", JSON, "Snakepit-Idempotent: false");
    assertThat(executor.next().idempotent()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "Snakepit-Session, a b, 1 to 256 of A-Z a-z 0-9",
    "Snakepit-Session, '', 1 to 256 of A-Z a-z 0-9",
    "Snakepit-Timeout-Ms, 0, a whole number of at least 1",
    "Snakepit-Timeout-Ms, -5, a whole number of at least 1",
    "Snakepit-Timeout-Ms, 1.5, a whole number of at least 1",
    "Snakepit-Timeout-Ms, -9999999999999999999, a whole number of at least 1",
    "Snakepit-Timeout-Ms, '', a whole number of at least 1",
    "Snakepit-Idempotent, yes, true or false",
    "Snakepit-Call-Id, a b, 1 to 256 printable ASCII",
  })
  void refusesBadHeaderByNameRuleAndValue(String name, String value, String rule) throws Exception {
    Probe.Answer answer = probe.post(ECHO, "{}", JSON, name + ": " + value);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().getString("code")).isEqualTo("INVALID_REQUEST");
    assertThat(answer.json().getString("detail"))
        .startsWith("header " + name + " must be " + rule)
        .endsWith("got \"" + value + "\"");
    assertThat(executor.waiting()).isZero();
  }

  @Test
  void showsNoMoreThanTheStartOfLongBadHeader() throws Exception {
    Probe.Answer answer = probe.post(ECHO, "{}", JSON, "Snakepit-Session: " + "x".repeat(5000));
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().getString("detail")).endsWith("x…\"").hasSizeLessThan(300);
  }

  @Test
  void decodesNamesInThePath() throws Exception {
    probe.post("/v1/pools/a%2Db/tools/caf%65%5F1", "{}", JSON);
    Call call = executor.next();
    assertThat(call.pool()).isEqualTo("a-b");
    assertThat(call.tool()).isEqualTo("cafe_1");
  }

  @Test
  void refusesPathThatIsNotPercentEncoded() throws Exception {
    Probe.Answer answer = probe.post("/v1/pools/default/tools/a%zz", "{}", JSON);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().getString("detail")).contains("a%zz");
  }

  @Test
  void ignoresTheQuery() throws Exception {
    Probe.Answer answer = probe.post(ECHO + "?x=1", "{}", JSON);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text()).isEqualTo("{}");
  }

  @Test
  void answersInternalIfTheToolsTypeIsNoHeader() throws Exception {
    executor.answer("text/plain\r\nSet-Cookie: a=b", "x".getBytes(StandardCharsets.UTF_8));
    Probe.Answer answer = probe.post(ECHO, "{}", JSON);
    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.json().getString("code")).isEqualTo(ErrorCode.INTERNAL.name());
    assertThat(answer.header("Set-Cookie")).isNull();
    assertThat(answer.header("Snakepit-Worker")).isNull();
  }
}
