package io.snakepit.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compressed bodies reach no tool as what they are not. Seen red: 200, with the packed bytes. */
class ContentEncodingTest extends DoorTestBase {

  @ParameterizedTest
  @CsvSource({
    "POST, /v1/execute",
    "POST, /v1/pools/default/tools/echo",
    "POST, /v1/pools/main/resize",
    "DELETE, /v1/workers/main-1",
    "GET, /v1/pools",
    "GET, /health/live",
    "OPTIONS, /v1/pools",
    "POST, /nowhere",
  })
  void refusesWhatIsNotUndoneAtEveryRoute(String method, String path) throws Exception {
    executor.takeUploads();
    for (String type : new String[] {JSON, "Content-Type: application/octet-stream"}) {
      probe.send(
          Probe.head(method, path, type, "Content-Encoding: gzip", "Content-Length: 2") + "\r\n{}");
      Probe.Answer answer = probe.answer();
      assertThat(answer.status()).isEqualTo(415);
      assertThat(answer.json().getString("code")).isEqualTo("UNSUPPORTED_MEDIA_TYPE");
      assertThat(answer.json().getString("detail"))
          .startsWith("header Content-Encoding is \"gzip\"")
          .endsWith("send the body as it is");
    }
    assertThat(executor.waiting()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"br", "", "gzip, identity", "identity, gzip", "x", "GZIP", "aws-chunked"})
  void refusesWhateverIsNotIdentity(String encoding) throws Exception {
    assertThat(probe.post(ECHO, "{}", JSON, "Content-Encoding: " + encoding).status())
        .isEqualTo(415);
  }

  @Test
  void refusesTheSecondOfTwo() throws Exception {
    String two = "Content-Encoding: identity\r\nContent-Encoding: gzip";
    assertThat(probe.post(ECHO, "{}", JSON, two).status()).isEqualTo(415);
  }

  @ParameterizedTest
  @ValueSource(strings = {"identity", "Identity"})
  void takesIdentity(String encoding) throws Exception {
    assertThat(probe.post(ECHO, "{}", JSON, "Content-Encoding: " + encoding).text())
        .isEqualTo("{}");
  }

  @Test
  void repeatsNoMoreThanTheStartOfLongOne() throws Exception {
    Probe.Answer answer = probe.post(ECHO, "{}", JSON, "Content-Encoding: " + "x".repeat(5_000));
    assertThat(answer.text()).doesNotContain("x".repeat(200));
  }
}
