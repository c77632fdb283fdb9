package io.snakepit.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Defaults, file, variables, flags: each overrides the one before, key by key. */
class LayersTest {
  private static final String FILE = "http: {host: from-file, port: 1, maxBodyBytes: 11}";

  @Test
  void aFlagOverridesAVariableThatOverridesAFileThatOverridesTheDefault() {
    HttpOptions http =
        Typed.yaml(FILE)
            .environment(Map.of("SNAKEPIT_HTTP_PORT", "2", "SNAKEPIT_HTTP_MAX_BODY_BYTES", "22"))
            .flag("http.port", "3", "--port")
            .load()
            .options()
            .http();

    assertThat(http.port()).isEqualTo(3);
    assertThat(http.maxBodyBytes()).isEqualTo(22);
    assertThat(http.host()).isEqualTo("from-file");
    assertThat(http.maxUploadBytes()).isZero();
  }

  @Test
  void aBadValueIsToldWithTheLayerItCameFrom() {
    OptionsLoader loader =
        Typed.yaml("http: {host: ''}")
            .environment(Map.of("SNAKEPIT_HTTP_MAX_BODY_BYTES", "lots"))
            .flag("http.port", "eighty", "--port");

    assertThat(Typed.faults(loader))
        .containsExactly(
            "http.host must be a host's name or address: got \"\" (my.yaml:1)",
            "http.maxBodyBytes must be a whole number between 1 and 1073741824: got \"lots\""
                + " (from SNAKEPIT_HTTP_MAX_BODY_BYTES)",
            "http.port must be a whole number between 0 and 65535: got \"eighty\" (--port)");
  }

  @Test
  void aGoodValueInALaterLayerMendsABadOneInAnEarlier() {
    OptionsLoader loader = Typed.yaml("http: {port: x}").flag("http.port", "81", "--port");

    assertThat(loader.load().options().http().port()).isEqualTo(81);
  }

  @Test
  void aVariableDoesNotHideASectionThatIsNoMap() {
    OptionsLoader loader = Typed.yaml("http: 5").environment(Map.of("SNAKEPIT_HTTP_PORT", "81"));

    assertThat(Typed.faults(loader))
        .containsExactly("http must be a map of keys: got 5 (my.yaml:1)");
  }

  @Test
  void mapsMergeWithTheDefaultsAndListsReplaceThem() {
    PoolOptions pool =
        Typed.pool("ml", "pools: {ml: {startup: {batch: 3}, restart: {backoffMs: [7]}}}");

    assertThat(pool.startup()).isEqualTo(new PoolOptions.Startup(30_000, 3, 0));
    assertThat(pool.restart().backoffMs()).containsExactly(7L);
    assertThat(pool.restart().windowMs()).isEqualTo(60_000);
    assertThat(pool.adapter()).isEqualTo("snakepit.adapters.showcase");
  }

  @Test
  void withoutPoolsThereIsOneAndElseExactlyThoseNamedInTheirOrder() {
    assertThat(Typed.options("instance: one").pools()).containsOnlyKeys("default");
    assertThat(Typed.options("pools: {zoo: {}, ant: {}}").pools().keySet())
        .containsExactly("zoo", "ant");
  }

  @Test
  void aFlagOfAPoolActsOnTheDefaultOneOrElseOnTheOnlyOne() {
    assertThat(sizeAfterFlag("pools: {other: {}, default: {}}", "default")).isEqualTo(9);
    assertThat(sizeAfterFlag("pools: {other: {}, default: {}}", "other")).isEqualTo(2);
    assertThat(sizeAfterFlag("pools: {only: {}}", "only")).isEqualTo(9);
    assertThat(sizeAfterFlag("", "default")).isEqualTo(9);
  }

  private static int sizeAfterFlag(String yaml, String pool) {
    SnakepitOptions options =
        Typed.yaml(yaml).flag("pools.*.size", "9", "--pool-size").load().options();
    return Objects.requireNonNull(options.pools().get(pool)).size().max();
  }

  @Test
  void aFlagOfAPoolIsRefusedWhereItIsNotClearWhichOneIsMeant() {
    OptionsLoader loader = Typed.yaml("pools: {a: {}, b: {}}").flag("pools.*.size", "9", "--size");

    assertThat(Typed.faults(loader))
        .containsExactly("--size acts on the pool \"default\", and there is none: use a file");
  }

  @Test
  void aFlagForAKeyThatThereIsNotIsAFaultOfTheProgram() {
    OptionsLoader loader = new OptionsLoader().flag("http.colour", "red", "--colour");

    assertThatThrownBy(loader::load)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no such key: http.colour");
  }

  @Test
  void theLaunchersInterpreterServesThosePoolsThatNameNone() {
    Map<String, PoolOptions> pools =
        Typed.yaml("pools: {a: {python: /own}, b: {python: ''}, c: }")
            .interpreter(Path.of("/venv"))
            .load()
            .options()
            .pools();

    assertThat(pools.values())
        .extracting(PoolOptions::python)
        .containsExactly("/own", "/venv", "/venv");
  }

  @Test
  void theLaunchersInterpreterHidesNoFault() {
    OptionsLoader loader = Typed.yaml("pools: {a: {python: []}}").interpreter(Path.of("/venv"));

    assertThat(Typed.faults(loader))
        .containsExactly("pools.a.python must be a text: got [] (my.yaml:1)");
  }
}
