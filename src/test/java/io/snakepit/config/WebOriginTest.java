package io.snakepit.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebOriginTest {

  @ParameterizedTest
  @CsvSource({
    "http://a, HTTP://A:80",
    "https://a.example, https://A.example.:443",
    "http://[::1]:3000, http://[0:0:0:0:0:0:0:1]:3000",
    "chrome-extension://abc, Chrome-Extension://ABC",
  })
  void readsWhateverMeansTheSameAsTheSame(String one, String other) {
    assertThat(WebOrigin.parse(one)).isNotNull().isEqualTo(WebOrigin.parse(other));
  }

  @Test
  void tellsSchemesHostsAndPortsApart() {
    assertThat(WebOrigin.parse("http://a")).isNotEqualTo(WebOrigin.parse("https://a"));
    assertThat(WebOrigin.parse("http://a")).isNotEqualTo(WebOrigin.parse("http://b"));
    assertThat(WebOrigin.parse("http://a")).isNotEqualTo(WebOrigin.parse("http://a:81"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "*",
        "a",
        "a:80",
        "://a",
        "http:/a",
        "http://",
        "http://a/",
        "http://a/path",
        "http://user@a",
        "http://a http://b",
        "http://a, http://b",
        "ht tp://a",
        "file://",
        "http://*.a",
      })
  void readsNothingElse(String text) {
    assertThat(WebOrigin.parse(text)).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "http://localhost:8080, localhost:8080, true",
    "http://LOCALHOST.:8080, localhost:8080, true",
    "http://a, a, true",
    "http://a, a:80, true",
    "http://a:80, a, true",
    "https://a, a, true",
    "https://a, a:443, true",
    "https://a:8443, a:8443, true",
    "http://[::1]:80, [0::1], true",
    "http://localhost:3000, localhost:8080, false",
    "http://localhost:8080, 127.0.0.1:8080, false",
    "http://a, a:8080, false",
    "http://a:8080, a, false",
    "https://a, a:80, false",
    "http://a.evil.example, a, false",
    "http://evil.example, a, false",
    "chrome-extension://a, a, false",
    "ftp://a:80, a:80, false",
  })
  void belongsToTheHostItCallsOrNot(String origin, String host, boolean same) {
    assertThat(WebOrigin.parse(origin).isOf(Authority.parse(host))).isEqualTo(same);
  }
}
