package io.snakepit.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Faults of a configuration are reported in these words: key, rule, value, place. */
class FaultsTest {

  @Test
  void anUnknownProfileIsRefusedWithTheKnownOnesAndTheNearest() {
    assertThat(Typed.faults("pools: {ml: {profile: thraed}}"))
        .containsExactly(
            "pools.ml.profile must be one of process, thread, async: got \"thraed\":"
                + " did you mean thread? (my.yaml:1)");
  }

  @Test
  void aWordNearToNoneIsRefusedWithTheKnownOnes() {
    assertThat(Typed.faults("pools: {ml: {profile: warp}}"))
        .containsExactly(
            "pools.ml.profile must be one of process, thread, async: got \"warp\" (my.yaml:1)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          http: {port: '80'}            | http.port must be a whole number between 0 and 65535: got "80"
          http: {port: 65536}           | http.port must be a whole number between 0 and 65535: got 65536
          http: {port: 80.5}            | http.port must be a whole number between 0 and 65535: got 80.5
          http: {port: }                | http.port must be a whole number between 0 and 65535: got nothing
          http: {enabled: 1}          | http.enabled must be true or false: got 1
          http: {host: 5}               | http.host must be a host's name or address: got 5
          http: {apiKeys: k}            | http.apiKeys must be a list, each element a text: got something else, which is not shown
          dataDir: ''                   | dataDir must be a path: got ""
          pools: {ml: {size: 0}}        | pools.ml.size must be between 1 and 1000, or {min, max, idleMs} with min <= max, idleMs 1 to 86400000: got 0
          pools: {ml: {maxQueue: -1}}   | pools.ml.maxQueue must be a whole number between 0 and 1000000: got -1
          pools: {ml: {env: {A: 1}}}    | pools.ml.env must be a map from names to texts, no = in names, numbers and flags in quotes: got {"A":1}
          pools: {ml: {recycle: {jitter: 1.5}}}  | pools.ml.recycle.jitter must be a number between 0 and 1: got 1.5
          pools: {ml: {restart: {backoffMs: []}}} | pools.ml.restart.backoffMs must be a list, each element a whole number between 0 and 86400000, with at least 1: got []
          http: 8080                    | http must be a map of keys: got 8080
          pools: {ml: 4}                | pools.ml must be a map of keys: got 4
          pools: [ml]                   | pools must be a map of keys: got ["ml"]
          pools: {}                     | pools must name at least one pool: got none
          pools:                        | pools must be a map of keys: got nothing
          pools: {ML: {}}               | pools.ML must be named by a letter and at most 62 more of a-z 0-9 -
          pools: {a.b: {}}              | pools.a.b must be named by a letter and at most 62 more of a-z 0-9 -
          """)
  void aBadValueIsRefusedWithTheRule(String yaml, String fault) {
    assertThat(Typed.faults(yaml)).containsExactly(fault + " (my.yaml:1)");
  }

  @Test
  void everyFaultIsToldAtOnceEachWithItsLine() {
    String yaml =
        """
        http:
          port: 70000
          hots: 0.0.0.0
        pools:
          ml:
            size: many
            profile: proces
            heartbeat:
              intervalMs: 5000
              silenceMs: 4000
        colour: red
        """;

    assertThatThrownBy(() -> Typed.yaml(yaml).load())
        .isInstanceOf(InvalidOptionsException.class)
        .hasMessage(
            """
            http.port must be a whole number between 0 and 65535: got 70000 (my.yaml:2)
            http.hots is an unknown key: did you mean http.host? (my.yaml:3)
            pools.ml.size must be between 1 and 1000, or {min, max, idleMs} with min <= max, \
            idleMs 1 to 86400000: got "many" (my.yaml:6)
            pools.ml.profile must be one of process, thread, async: got "proces": \
            did you mean process? (my.yaml:7)
            colour is an unknown key: the keys here are cluster, dataDir, grpc, http, instance, \
            pools, sessions (my.yaml:11)
            pools.ml.heartbeat.silenceMs must be more than heartbeat.intervalMs=5000: got 4000 \
            (my.yaml:10)""");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          http: {port: 9090}  | grpc.port must differ from http.port: got 9090 (my.yaml)
          grpc: {port: 8080}  | grpc.port must differ from http.port: got 8080 (my.yaml:1)
          pools: {ml: {concurrency: 2}} | pools.ml.concurrency must be 1 with profile process: got 2 (my.yaml:1)
          pools: {ml: {heartbeat: {intervalMs: 12000}}} | pools.ml.heartbeat.timeoutMs must be at least heartbeat.intervalMs=12000: got 10000 (my.yaml:1)
          """)
  void keysThatContradictEachOtherAreRefused(String yaml, String fault) {
    assertThat(Typed.faults(yaml)).containsExactly(fault);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{http: {port: 0}, grpc: {port: 0}}",
        "{http: {port: 9090, enabled: false}}",
        "{http: {port: 9090}, grpc: {enabled: false}}",
        "pools: {ml: {concurrency: 2, profile: thread}}",
        "pools: {ml: {heartbeat: {intervalMs: 10000}}}"
      })
  void keysThatOnlySeemToContradictEachOtherAreTaken(String yaml) {
    assertThat(Typed.options(yaml)).isNotNull();
  }

  @Test
  void aRuleOverSeveralKeysWaitsUntilEachIsGood() {
    assertThat(Typed.faults("pools: {ml: {concurrency: 2, profile: warp}}")).hasSize(1);
    assertThat(Typed.faults("{http: {port: 9090, enabled: 1}}")).hasSize(1);
    assertThat(Typed.faults("pools: {ml: {heartbeat: {intervalMs: x, silenceMs: 10}}}")).hasSize(1);
  }

  @Test
  void aLongValueIsToldInShort() {
    assertThat(Typed.faults("http: {port: " + "x".repeat(10_000) + "}"))
        .singleElement()
        .asString()
        .hasSizeLessThan(250)
        .contains("x…");
  }
}
