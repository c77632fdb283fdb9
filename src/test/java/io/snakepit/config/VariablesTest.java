package io.snakepit.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.config.OptionsLoader.Loaded;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Environment variables as a layer. */
class VariablesTest {

  @ParameterizedTest
  @CsvSource({
    "instance, SNAKEPIT_INSTANCE",
    "dataDir, SNAKEPIT_DATA_DIR",
    "http.port, SNAKEPIT_HTTP_PORT",
    "pools.default.queueTimeoutMs, SNAKEPIT_POOLS_DEFAULT_QUEUE_TIMEOUT_MS",
    "pools.gpu-2-large.size, SNAKEPIT_POOLS_GPU_2_LARGE_SIZE",
    "pools.ml2.maxQueue, SNAKEPIT_POOLS_ML2_MAX_QUEUE"
  })
  void eachDotHumpAndHyphenOfAPathIsAnUnderscore(String path, String variable) {
    assertThat(Key.variable(path)).isEqualTo(variable);
  }

  @Test
  void poolsAreNamedWithUnderscoresForHyphens() {
    Loaded loaded =
        Typed.yaml("pools: {gpu-large: {}, gpu: {}}")
            .environment(
                Map.of("SNAKEPIT_POOLS_GPU_LARGE_SIZE", "7", "SNAKEPIT_POOLS_GPU_SIZE", "3"))
            .load();

    assertThat(loaded.options().pools().values())
        .extracting(pool -> pool.size().max())
        .containsExactly(7, 3);
    assertThat(loaded.warnings()).isEmpty();
  }

  @Test
  void noVariableMeansTwoKeysOfPoolsWhoseNamesBeginAlike() {
    List<String> names =
        Keys.BY_PATH.values().stream()
            .filter(key -> key.path().startsWith("pools.*."))
            .map(key -> Key.variable(key.path().substring("pools.*.".length())))
            .map(variable -> variable.substring("SNAKEPIT".length()))
            .toList();

    for (String name : names) {
      assertThat(names).filteredOn(other -> other.endsWith(name)).containsExactly(name);
    }
  }

  @Test
  void listsAndMapsAreYamlFlow() {
    PoolOptions pool =
        pool(
            Map.of(
                "SNAKEPIT_POOLS_DEFAULT_PYTHON_PATH", "[/a, \"/b c\"]",
                "SNAKEPIT_POOLS_DEFAULT_ENV", "{A: one, B: '2'}",
                "SNAKEPIT_POOLS_DEFAULT_RESTART_BACKOFF_MS", "[1, 2]",
                "SNAKEPIT_POOLS_DEFAULT_SIZE", "{min: 2, max: 4}"));

    assertThat(pool.pythonPath()).containsExactly("/a", "/b c");
    assertThat(pool.env()).containsExactlyInAnyOrderEntriesOf(Map.of("A", "one", "B", "2"));
    assertThat(pool.restart().backoffMs()).containsExactly(1L, 2L);
    assertThat(pool.size()).isEqualTo(new PoolOptions.PoolSize(2, 4, 60_000));
  }

  @Test
  void aTextIsTakenAsItStands() {
    PoolOptions pool =
        pool(
            Map.of(
                "SNAKEPIT_POOLS_DEFAULT_PYTHON", "/opt/[x]: #1",
                "SNAKEPIT_POOLS_DEFAULT_ADAPTER", "my.tools:Tools",
                "SNAKEPIT_POOLS_DEFAULT_START_METHOD", "spawn"));

    assertThat(pool.python()).isEqualTo("/opt/[x]: #1");
    assertThat(pool.adapter()).isEqualTo("my.tools:Tools");
    assertThat(pool.startMethod()).isEqualTo(PoolOptions.StartMethod.SPAWN);
    assertThat(Typed.with(Map.of("SNAKEPIT_INSTANCE", "5")).options().instance()).isEqualTo("5");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[1, ", "1\n---\n2", "{a: 1}", "http://10.0.0.1:80"})
  void whatIsNoNumberIsRefusedWithTheVariablesName(String value) {
    OptionsLoader loader = new OptionsLoader().environment(Map.of("SNAKEPIT_HTTP_PORT", value));

    assertThat(Typed.faults(loader))
        .singleElement()
        .asString()
        .startsWith("http.port must be a whole number between 0 and 65535: got ")
        .endsWith(" (from SNAKEPIT_HTTP_PORT)");
  }

  @Test
  void anUnknownVariableOfOursWarnsWithTheNearestAndStopsNothing() {
    Loaded loaded =
        Typed.with(Map.of("SNAKEPIT_HTTP_PROT", "1", "SNAKEPIT_ZZZZZZZZZ", "x", "HTTP_PORT", "2"));

    assertThat(loaded.warnings())
        .containsExactly(
            "SNAKEPIT_HTTP_PROT names no key and is ignored: did you mean SNAKEPIT_HTTP_PORT?",
            "SNAKEPIT_ZZZZZZZZZ names no key and is ignored");
    assertThat(loaded.options()).isEqualTo(SnakepitOptions.defaults());
  }

  /** As Kubernetes makes them in each pod for a service called {@code snakepit-http}. */
  @Test
  void whatKubernetesMakesForAServiceWarnsOnceAndIsIgnored() {
    Map<String, String> made = new TreeMap<>();
    made.put("SNAKEPIT_HTTP_PORT", "tcp://10.0.0.1:8080");
    made.put("SNAKEPIT_HTTP_PORT_8080_TCP", "tcp://10.0.0.1:8080");
    made.put("SNAKEPIT_HTTP_PORT_8080_TCP_ADDR", "10.0.0.1");
    made.put("SNAKEPIT_HTTP_PORT_8080_TCP_PORT", "8080");
    made.put("SNAKEPIT_HTTP_PORT_8080_TCP_PROTO", "tcp");
    made.put("SNAKEPIT_HTTP_SERVICE_HOST", "10.0.0.1");
    made.put("SNAKEPIT_HTTP_SERVICE_PORT", "8080");
    made.put("SNAKEPIT_HTTP_SERVICE_PORT_WEB", "8080");

    Loaded loaded = Typed.with(made);

    assertThat(loaded.options()).isEqualTo(SnakepitOptions.defaults());
    assertThat(loaded.warnings())
        .containsExactly(
            String.join(", ", made.keySet())
                + " are ignored: Kubernetes makes such variables for a service of that name;"
                + " enableServiceLinks: false in the pod's spec keeps them out");
  }

  @ParameterizedTest
  @CsvSource({
    "SNAKEPIT_PORT, tcp://10.0.0.1:80", // a service called snakepit
    "SNAKEPIT_SERVICE_HOST, 10.0.0.1",
    "SNAKEPIT_SERVICE_PORT, 80",
    "SNAKEPIT_PORT_53_UDP, udp://10.0.0.1:53",
    "SNAKEPIT_CLUSTER_PORT, tcp://10.0.0.1:5701", // one called snakepit-cluster
    "SNAKEPIT_GRPC_PORT, sctp://[fd00::1]:9090",
    "SNAKEPIT_GRPC_HOST, tcp://10.0.0.1:9090"
  })
  void soIsEachOfThemAlone(String variable, String value) {
    Loaded loaded = Typed.with(Map.of(variable, value));

    assertThat(loaded.options()).isEqualTo(SnakepitOptions.defaults());
    assertThat(loaded.warnings())
        .singleElement()
        .asString()
        .startsWith(variable + " is ignored: Kubernetes")
        .contains("enableServiceLinks: false");
  }

  /** A port of one's own counts beside them. */
  @Test
  void whatIsNoAddressOfAServiceIsTaken() {
    Loaded loaded =
        Typed.with(Map.of("SNAKEPIT_HTTP_PORT", "9000", "SNAKEPIT_HTTP_SERVICE_HOST", "10.0.0.1"));

    assertThat(loaded.options().http().port()).isEqualTo(9000);
    assertThat(loaded.warnings()).hasSize(1);
  }

  @Test
  void aVariableOfAPoolThatThereIsNotWarns() {
    assertThat(Typed.with(Map.of("SNAKEPIT_POOLS_OTHER_SIZE", "3")).warnings())
        .singleElement()
        .asString()
        .startsWith("SNAKEPIT_POOLS_OTHER_SIZE names no key and is ignored");
  }

  @Test
  void variablesOfTheCommandLineAndMarksOfProcessesWarnNot() {
    Map<String, String> ours = new HashMap<>();
    for (String name : List.of("URL", "KEY", "RUN", "POOL", "WORKER", "JAVA_OPTS", "LOG_LEVEL")) {
      ours.put("SNAKEPIT_" + name, "x");
    }

    assertThat(Typed.with(ours).warnings()).isEmpty();
  }

  @Test
  void aPoolWithABadNameHasNoVariablesAndIsStillRefusedByItsName() {
    OptionsLoader loader =
        Typed.yaml("pools: {a.b: {}}")
            .environment(Map.of("SNAKEPIT_POOLS_A_B_SIZE", "3"))
            .interpreter(Path.of("/venv"));

    assertThat(Typed.faults(loader))
        .singleElement()
        .asString()
        .startsWith("pools.a.b must be named");
  }

  private static PoolOptions pool(Map<String, String> variables) {
    return Typed.with(variables).options().pools().values().iterator().next();
  }
}
