package io.snakepit.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.snakepit.config.OptionsLoader.Loaded;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The table of keys, and what follows from a key that is not yet in force. */
class KeysTest {

  static List<Key> keys() {
    return List.copyOf(Keys.BY_PATH.values());
  }

  @ParameterizedTest
  @MethodSource("keys")
  void everyDefaultIsAllowed(Key key) {
    assertThat(key.type().allows(key.standard())).isTrue();
  }

  @ParameterizedTest
  @MethodSource("keys")
  void everyKeyMayBeSetToItsDefaultByAVariable(Key key) {
    String standard = key.type().isText() ? key.standard().textValue() : key.standard().toString();
    Loaded loaded = Typed.with(Map.of(Key.variable(key.pathFor("default")), standard));

    assertThat(loaded.options()).isEqualTo(SnakepitOptions.defaults());
    assertThat(loaded.warnings()).isEmpty();
  }

  @Test
  void aKeyIsFoundByThePathOfAnyPool() {
    assertThat(Keys.of("pools.ml.size").path()).isEqualTo("pools.*.size");
    assertThat(Keys.of("http.port").path()).isEqualTo("http.port");
    assertThatThrownBy(() -> Keys.of("http")).hasMessage("no such key: http");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "grpc: {port: 9999}",
        "sessions: {maxKeys: 5}",
        "cluster: {members: ['127.0.0.1:1']}",
        "pools: {default: {transport: grpc}}"
      })
  void aKeyNotInForceWarnsWhenItIsChanged(String yaml) {
    assertThat(Typed.yaml(yaml).load().warnings())
        .singleElement()
        .asString()
        .endsWith(" is not yet in force: it is accepted, and ignored by this version");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "grpc: {port: 9090}",
        "cluster: {members: []}",
        "pools: {default: {recycle: {jitter: 0.10, maxErrorRate: 0.0}}}",
        "pools: {default: {profile: process}}",
        "http: {port: 81}",
        "pools: {default: {heartbeat: {enabled: false}}}",
        "pools: {default: {size: {min: 3, max: 3}}}"
      })
  void aKeyThatKeepsItsDefaultOrIsInForceWarnsNot(String yaml) {
    assertThat(Typed.yaml(yaml).load().warnings()).isEmpty();
  }

  @Test
  void aSizeIsReadFromAMessageByTheSameRule() {
    assertThat(PoolOptions.PoolSize.read(3)).isEqualTo(new PoolOptions.PoolSize(3, 3, 60_000));
    assertThat(PoolOptions.PoolSize.read(Map.of("min", 1, "max", 4, "idleMs", 5)))
        .isEqualTo(new PoolOptions.PoolSize(1, 4, 5));
    for (Object bad : List.of(0, 1_001, "2", Map.of("min", 2, "max", 1), Map.of("least", 1))) {
      assertThatThrownBy(() -> PoolOptions.PoolSize.read(bad))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("must be between 1 and 1000, or {min, max, idleMs}");
    }
    assertThatThrownBy(() -> PoolOptions.PoolSize.read(null)).hasMessageEndingWith("got null");
  }
}
