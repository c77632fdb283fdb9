package io.snakepit.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthorityTest {

  @ParameterizedTest
  @CsvSource({
    "localhost, localhost, -1",
    "LOCALHOST:8080, localhost, 8080",
    "localhost., localhost, -1",
    "localhost.:81, localhost, 81",
    "Api.Example.COM:443, api.example.com, 443",
    "my_host-1, my_host-1, -1",
    "127.0.0.1:0, 127.0.0.1, 0",
    "[::1], 0:0:0:0:0:0:0:1, -1",
    "[::1]:8080, 0:0:0:0:0:0:0:1, 8080",
    "[0:0::0001], 0:0:0:0:0:0:0:1, -1",
    "[2001:DB8::A]:65535, 2001:db8:0:0:0:0:0:a, 65535",
    "[::ffff:127.0.0.1], 127.0.0.1, -1",
  })
  void readsWhateverMeansTheSameAsTheSame(String text, String host, int port) {
    assertThat(Authority.parse(text)).isEqualTo(new Authority(host, port));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        ":80",
        "a:",
        "a:b",
        "a:+80",
        "a:-1",
        "a:65536",
        "a:080000",
        "a:80:80",
        "a b",
        " a",
        "a/b",
        "a@b",
        "user:pass@a",
        "a?b",
        "a#b",
        "a,b",
        "a\\b",
        "é",
        "a%2e",
        "[",
        "[]",
        "[]:80",
        "[::1",
        "::1",
        "[::1]80",
        "[::1]:",
        "[::1%lo]",
        "[localhost]",
        "[127.0.0.1]",
        "[::g]",
        "[[::1]]",
        "127.0.0.1\u0000",
      })
  void readsNothingElse(String text) {
    assertThat(Authority.parse(text)).isNull();
  }

  @Test
  void readsNamesUpToTheLengthThatNamesMayHave() {
    String longest = "a".repeat(253);
    assertThat(Authority.parse(longest + ".:80")).isEqualTo(new Authority(longest, 80));
    assertThat(Authority.parse(longest + "a")).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "LocalHost.:80",
        "app.localhost",
        "127.0.0.1",
        "127.0.0.1:8080",
        "127.255.255.254",
        "[::1]",
        "[0:0:0:0:0:0:0:1]:80",
        "[::ffff:127.0.0.1]",
      })
  void knowsLoopback(String text) {
    assertThat(Authority.parse(text)).matches(Authority::isLoopback);
  }

  /** A name that only resolves to loopback is not loopback: its owner may say otherwise. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "[::]",
        "[::2]",
        "10.0.0.1",
        "127.evil.example",
        "127.0.0.1.evil.example",
        "127.0.0.1.nip.io",
        "localhost.evil.example",
        "notlocalhost",
        "127.0.0",
        "127.0.0.256",
        "127.0.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "example.com",
      })
  void takesNothingElseForLoopback(String text) {
    assertThat(Authority.parse(text)).isNotNull().matches(each -> !each.isLoopback());
  }

  @Test
  void readsListenersAddressWithAndWithoutBrackets() {
    assertThat(Authority.ofHost("::1")).isEqualTo(Authority.parse("[::1]"));
    assertThat(Authority.ofHost("[::1]")).isEqualTo(Authority.parse("[::1]"));
    assertThat(Authority.ofHost("LOCALHOST")).isEqualTo(Authority.parse("localhost"));
    assertThat(Authority.ofHost("fe80::1%eth0")).isNull();
  }
}
