package io.snakepit.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.snakepit.config.Authority;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AllowedHostsTest {
  private static final List<String> CONFIGURED =
      List.of("Pit.Example", "other.example:8443", "[2001:db8::1]");

  private static AllowedHosts onLoopback(String... configured) {
    return new AllowedHosts(List.of(configured), Authority.ofHost("127.0.0.1"), true);
  }

  private static AllowedHosts onAll(List<String> configured) {
    return new AllowedHosts(configured, Authority.ofHost("0.0.0.0"), false);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "LOCALHOST.:9",
        "127.0.0.1:8080",
        "127.9.9.9",
        "[::1]:8080",
        "a.localhost",
      })
  void loopbackTakesItsOwnNames(String host) {
    assertThat(onLoopback().admits(host)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "evil.example",
        "evil.example:8080",
        "0.0.0.0:8080",
        "10.0.0.1",
        "127.0.0.1.nip.io",
        "localhost.evil.example",
        "localhost:8080,evil.example",
        "localhost/evil",
        "user@localhost",
        "[::2]",
        "localhost:",
        "localhost:99999",
      })
  void loopbackTakesNoOther(String host) {
    AllowedHosts hosts = onLoopback();
    assertThat(hosts.admits(host)).isFalse();
    // Fails if something is remembered that was never admitted.
    assertThat(hosts.admits(host)).isFalse();
    assertThat(hosts.explain(host)).contains("http.allowedHosts");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pit.example",
        "PIT.example.:1234",
        "other.example:8443",
        "[2001:DB8:0::1]:80",
      })
  void bothTakeWhatIsAllowed(String host) {
    assertThat(onLoopback(CONFIGURED.toArray(String[]::new)).admits(host)).isTrue();
    assertThat(onAll(CONFIGURED).admits(host)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"other.example", "other.example:8444", "x.pit.example", "evil.example"})
  void bothTakeNothingElse(String host) {
    assertThat(onLoopback(CONFIGURED.toArray(String[]::new)).admits(host)).isFalse();
    assertThat(onAll(CONFIGURED).admits(host)).isFalse();
    assertThat(onAll(CONFIGURED).explain(host)).contains("http.allowedHosts");
  }

  @Test
  void othersTakeAnyNameWhereNoneIsSet() {
    assertThat(onAll(List.of()).admits("whatever.example")).isTrue();
    assertThat(onAll(List.of()).admits("no host at all")).isTrue();
    assertThat(onAll(CONFIGURED).admits("localhost")).isFalse();
  }

  @Test
  void takesTheNameThatIsListenedOn() {
    AllowedHosts hosts = new AllowedHosts(List.of(), Authority.ofHost("devbox"), true);
    assertThat(hosts.admits("devbox:8080")).isTrue();
    assertThat(hosts.admits("other:8080")).isFalse();
  }

  /** Fails where a loopback that has no name of its own takes any. */
  @Test
  void loopbackThatIsListenedOnByNoNameTakesNoOther() {
    AllowedHosts hosts = new AllowedHosts(List.of(), null, true);
    assertThat(hosts.admits("evil.example")).isFalse();
    assertThat(hosts.admits("localhost")).isTrue();
  }

  @Test
  void admitsOneAfterTheOther() {
    AllowedHosts hosts = onLoopback();
    assertThat(hosts.admits("localhost:1")).isTrue();
    assertThat(hosts.admits("evil.example")).isFalse();
    assertThat(hosts.admits("localhost:1")).isTrue();
    assertThat(hosts.admits("127.0.0.1")).isTrue();
  }

  @Test
  void needsNoHostOfClientThatIsNoBrowser() {
    assertThat(onLoopback().admits(null)).isTrue();
  }

  @Test
  void refusesToBeMadeOfWhatIsNoHost() {
    assertThatThrownBy(() -> onLoopback("http://a"))
        .hasMessage("http.allowedHosts must hold host or host:port: got http://a");
  }
}
