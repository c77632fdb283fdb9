package io.snakepit.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.snakepit.config.OptionsLoader.Loaded;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Layers of a configuration override each other, and every fault of them is told (F3). */
class OptionsLoaderTest {

  @Test
  void withoutAnythingThereIsOneDefaultPool() {
    SnakepitOptions options = SnakepitOptions.defaults();
    assertThat(options.pools()).containsOnlyKeys("default");
    assertThat(options.http().port()).isEqualTo(8080);
    assertThat(options.pools().get("default").adapter()).isEqualTo("snakepit.adapters.showcase");
  }

  @Test
  void withPoolsThereAreExactlyThoseNamed() {
    SnakepitOptions options = load("pools: {ml: {size: 3}, web: {}}").options();
    assertThat(options.pools()).containsOnlyKeys("ml", "web");
    assertThat(options.pools().get("ml").size().min()).isEqualTo(3);
    assertThat(options.pools().get("web").size().min()).isEqualTo(2);
  }

  @Test
  void mapsMergeWithTheDefaultsAndListsReplace() {
    PoolOptions pool =
        load("pools: {p: {startup: {batch: 3}, restart: {backoffMs: [7]}}}")
            .options()
            .pools()
            .get("p");
    assertThat(pool.startup().batch()).isEqualTo(3);
    assertThat(pool.startup().timeoutMs()).isEqualTo(30_000);
    assertThat(pool.restart().backoffMs()).containsExactly(7L);
  }

  @Test
  void sizeMayBeBounds() {
    PoolOptions.PoolSize size =
        load("pools: {p: {size: {min: 1, max: 4}}}").options().pools().get("p").size();
    assertThat(size.min()).isEqualTo(1);
    assertThat(size.max()).isEqualTo(4);
  }

  @Test
  void everyFaultIsToldAtOnceWithKeyValueRuleAndNearestKey() {
    assertThatThrownBy(
            () ->
                load(
                    """
                    http: {port: 70000, prot: 1}
                    pools:
                      ml: {size: 0, profile: proces, maxQeue: 5, executeTimeoutMs: soon, env: {A: 1}}
                      Bad_Name: {}
                    sessions: 7
                    """))
        .isInstanceOf(InvalidOptionsException.class)
        .hasMessageContaining("http.port must be a whole number between 0 and 65535: got 70000")
        .hasMessageContaining("http.prot is an unknown key: did you mean http.port?")
        .hasMessageContaining("pools.ml.size must be between 1 and 1000")
        .hasMessageContaining("got 0")
        .hasMessageContaining(
            "must be one of process, thread, async: got \"proces\": did you mean process?")
        .hasMessageContaining("pools.ml.maxQeue is an unknown key: did you mean pools.ml.maxQueue?")
        .hasMessageContaining("pools.ml.executeTimeoutMs must be a whole number")
        .hasMessageContaining("pools.ml.env must be a map from names to texts")
        .hasMessageContaining("pools.Bad_Name must be named")
        .hasMessageContaining("sessions must be a map of keys: got 7")
        .satisfies(e -> assertThat(((InvalidOptionsException) e).faults()).hasSize(9));
  }

  @Test
  void aKeyUnlikeAnyOtherIsToldWhichKeysThereAre() {
    assertThatThrownBy(() -> load("grpc: {xylophone: 1}"))
        .hasMessageContaining("the keys here are enabled, host, maxMessageBytes, port");
  }

  @Test
  void rulesThatConcernSeveralKeysAreChecked() {
    assertThatThrownBy(
            () ->
                load(
                    "http: {port: 9090}\npools: {p: {concurrency: 4, heartbeat: {intervalMs: 20000}}}"))
        .hasMessageContaining("grpc.port must differ from http.port")
        .hasMessageContaining("pools.p.concurrency must be 1 with profile process: got 4")
        .hasMessageContaining(
            "pools.p.heartbeat.timeoutMs must be at least heartbeat.intervalMs=20000")
        .hasMessageContaining("pools.p.heartbeat.silenceMs must be more than");
  }

  @Test
  void poolsMustNotBeEmpty() {
    assertThatThrownBy(() -> load("pools: {}")).hasMessageContaining("at least one pool");
    assertThatThrownBy(() -> load("pools:")).hasMessageContaining("pools must be a map of keys");
  }

  @Test
  void whatIsNoYamlIsToldWithItsLine() {
    assertThatThrownBy(() -> load("http:\n  port: [1\n")).hasMessageContaining("test.yaml:");
    assertThatThrownBy(() -> load("http: {port: 1}\nhttp: {port: 2}"))
        .hasMessageContaining("Duplicate")
        .hasMessageContaining("test.yaml:");
    assertThatThrownBy(() -> load("- 1")).hasMessageContaining("must be a map of keys");
  }

  @Test
  void anEmptyFileIsAllDefaults() {
    assertThat(load("").options()).isEqualTo(SnakepitOptions.defaults());
    assertThat(load("# nothing\n").options()).isEqualTo(SnakepitOptions.defaults());
  }

  @Test
  void variablesOverrideTheFileAndFlagsOverrideVariables() {
    Loaded loaded =
        loader("http: {port: 1000}\npools: {my-pool: {size: 1}}")
            .environment(
                Map.of(
                    "SNAKEPIT_HTTP_PORT", "2000",
                    "SNAKEPIT_INSTANCE", "5",
                    "SNAKEPIT_POOLS_MY_POOL_QUEUE_TIMEOUT_MS", "77",
                    "SNAKEPIT_POOLS_MY_POOL_PYTHON_PATH", "[a, b]",
                    "SNAKEPIT_POOLS_MY_POOL_ENV", "{X: y}"))
            .flag("http.port", "3000", "--port")
            .flag("pools.*.size", "4", "--pool-size")
            .load();
    PoolOptions pool = loaded.options().pools().get("my-pool");
    assertThat(loaded.options().http().port()).isEqualTo(3000);
    assertThat(loaded.options().instance()).isEqualTo("5");
    assertThat(pool.queueTimeoutMs()).isEqualTo(77);
    assertThat(pool.pythonPath()).containsExactly("a", "b");
    assertThat(pool.env()).containsEntry("X", "y");
    assertThat(pool.size().max()).isEqualTo(4);
    assertThat(loaded.warnings()).isEmpty();
  }

  @Test
  void aFaultNamesTheVariableOrFlagThatItCameFrom() {
    assertThatThrownBy(() -> loader("").environment(Map.of("SNAKEPIT_HTTP_PORT", "many")).load())
        .hasMessageContaining("from SNAKEPIT_HTTP_PORT");
    assertThatThrownBy(() -> loader("").flag("pools.*.size", "{", "--pool-size").load())
        .hasMessageContaining("--pool-size");
    assertThatThrownBy(
            () -> loader("pools: {a: {}, b: {}}").flag("pools.*.size", "1", "--pool-size").load())
        .hasMessageContaining("--pool-size acts on the pool \"default\"");
  }

  @Test
  void unknownVariablesOfOursWarnAndNeverStop() {
    Loaded loaded =
        loader("")
            .environment(
                Map.of(
                    "SNAKEPIT_HTTP_PROT", "1",
                    "SNAKEPIT_SERVICE_HOST", "10.0.0.1",
                    "SNAKEPIT_URL", "u",
                    "SNAKEPIT_RUN", "r",
                    "PATH", "/bin"))
            .load();
    assertThat(loaded.warnings())
        .hasSize(2)
        .anyMatch(w -> w.contains("SNAKEPIT_HTTP_PROT") && w.contains("SNAKEPIT_HTTP_PORT"))
        .anyMatch(w -> w.contains("SNAKEPIT_SERVICE_HOST"));
  }

  @Test
  void aKeyNotYetInForceWarnsWhenItIsChangedAndOnlyThen() {
    assertThat(load("pools: {p: {transport: socket, stream: {windowChunks: 16}}}").warnings())
        .isEmpty();
    assertThat(load("pools: {p: {transport: grpc}}").warnings())
        .containsExactly(
            "pools.p.transport is not yet in force: it is accepted, and ignored by this version");
  }

  @Test
  void jsonIsReadAsWell() {
    SnakepitOptions options =
        SnakepitOptions.fromJson(
            new JsonObject()
                .put("http", new JsonObject().put("apiKeys", new JsonArray().add("secret"))));
    assertThat(options.http().apiKeys()).isEqualTo(List.of("secret"));
  }

  @Test
  void aFileThatIsNotThereIsNamed(@TempDir Path directory) throws Exception {
    Path missing = directory.resolve("none.yaml");
    assertThatThrownBy(() -> SnakepitOptions.load(missing))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining(missing.toString());
    Path file = Files.writeString(directory.resolve("some.yaml"), "instance: here\n");
    assertThat(new OptionsLoader().file(file).load().options().instance()).isEqualTo("here");
  }

  private static Loaded load(String yaml) {
    return loader(yaml).load();
  }

  private static OptionsLoader loader(String yaml) {
    return new OptionsLoader().yaml("test.yaml", yaml);
  }
}
