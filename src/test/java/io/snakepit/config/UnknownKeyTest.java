package io.snakepit.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A key that isn't known is refused with the one that was meant. */
class UnknownKeyTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          http: {prot: 1}                         | http.prot | http.port
          HTTP: {port: 1}                         | HTTP | http
          pool: {ml: {size: 1}}                   | pool | pools
          pools: {ml: {queueTimeout: 1}}          | pools.ml.queueTimeout | pools.ml.queueTimeoutMs
          pools: {ml: {startup: {timeout_ms: 1}}} | pools.ml.startup.timeout_ms | pools.ml.startup.timeoutMs
          """)
  void theNearestOneInTheSameSectionIsNamed(String yaml, String path, String meant) {
    assertThat(Typed.faults(yaml))
        .containsExactly(path + " is an unknown key: did you mean " + meant + "? (my.yaml:1)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          port: 1                        | port | http.port or grpc.port or cluster.port
          adapter: my_tools              | adapter | pools.default.adapter
          pools: {ml: {windowChunks: 1}} | pools.ml.windowChunks | pools.ml.stream.windowChunks
          """)
  void elseThoseOfTheSameNameInOtherSectionsAreNamed(String yaml, String path, String meant) {
    assertThat(Typed.faults(yaml))
        .containsExactly(path + " is an unknown key: did you mean " + meant + "? (my.yaml:1)");
  }

  @Test
  void elseAllThatStandThereAreNamed() {
    assertThat(Typed.faults("sessions: {colour: red}"))
        .containsExactly(
            "sessions.colour is an unknown key: the keys here are max, maxKeys, maxValueBytes,"
                + " ttlMs (my.yaml:1)");
    assertThat(Typed.faults("colour: red"))
        .containsExactly(
            "colour is an unknown key: the keys here are cluster, dataDir, grpc, http, instance,"
                + " pools, sessions (my.yaml:1)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http.port: 9000",
        "pools: {ml: {startup.batch: 3}}",
        "pools: {ml: {size: 1, 'restart.windowMs': 5}}"
      })
  void aNameWithDotsIsRefusedThoughItReadsLikeAPath(String yaml) {
    assertThat(Typed.faults(yaml))
        .singleElement()
        .asString()
        .containsPattern("is one name with dots: nest it, as in \\w+: \\{\\w+: …\\}");
  }

  @Test
  void aNameWithDotsThatIsNoPathEitherIsUnknown() {
    assertThat(Typed.faults("pools.*: {size: 1}"))
        .singleElement()
        .asString()
        .startsWith("pools.* is an unknown key: ");
  }

  @Test
  void anEmptyNameIsUnknown() {
    assertThat(Typed.faults("http: {'': 1}"))
        .singleElement()
        .asString()
        .startsWith("http. is an unknown key: the keys here are allowedHosts, apiKeys,");
  }

  @Test
  void theNearestWordIsTheOneWithTheFewestLettersToChangeWhateverTheirCase() {
    List<String> words = List.of("maxKeys", "max", "maxValueBytes");

    assertThat(NearestWord.to("maxkey", words)).contains("maxKeys");
    assertThat(NearestWord.to("MAX", words)).contains("max");
    assertThat(NearestWord.to("mx", words)).contains("max");
    assertThat(NearestWord.to("maxValuBites", words)).contains("maxValueBytes");
  }

  @Test
  void aWordThatIsFarFromAllIsNearToNone() {
    assertThat(NearestWord.to("colour", List.of("port", "host"))).isEmpty();
    assertThat(NearestWord.to("colour", List.of())).isEmpty();
  }
}
