package io.snakepit.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.throwable;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Options follow from a verticle's {@code config()}, alone and over a file. */
class DeployedConfigTest {
  private static final Map<String, String> NO_VARIABLES = Map.of();

  @TempDir Path folder;

  private JsonObject over(String yaml) throws IOException {
    Path file = Files.writeString(folder.resolve("host.yaml"), yaml);
    return new JsonObject().put("configFile", file.toString());
  }

  private static SnakepitOptions load(JsonObject config, Map<String, String> variables)
      throws IOException {
    return new OptionsLoader().deployed(config, variables).load().options();
  }

  private static List<String> faults(JsonObject config, Map<String, String> variables) {
    return assertThatThrownBy(() -> load(config, variables))
        .asInstanceOf(throwable(InvalidOptionsException.class))
        .actual()
        .faults()
        .stream()
        .map(Fault::toString)
        .toList();
  }

  @Test
  void nothingMeansTheDefaults() throws IOException {
    assertThat(load(new JsonObject(), NO_VARIABLES)).isEqualTo(SnakepitOptions.defaults());
  }

  @Test
  void withoutAFileItIsTheJsonAlone() throws IOException {
    JsonObject config =
        new JsonObject()
            .put("http", new JsonObject().put("port", 0))
            .put("pools", new JsonObject().put("ml", new JsonObject().put("size", 3)));
    assertThat(load(config, Map.of("SNAKEPIT_HTTP_PORT", "5")))
        .isEqualTo(SnakepitOptions.fromJson(config));
  }

  @Test
  void aFileAloneIsReadWithItsVariables() throws IOException {
    HttpOptions http =
        load(over("http: {port: 1, host: from-file}"), Map.of("SNAKEPIT_HTTP_PORT", "2")).http();
    assertThat(http.port()).isEqualTo(2);
    assertThat(http.host()).isEqualTo("from-file");
  }

  @Test
  void itsOwnKeysOverrideFileAndVariablesKeyByKey() throws IOException {
    JsonObject config =
        over("http: {port: 1, host: from-file, maxBodyBytes: 11}")
            .put("http", new JsonObject().put("port", 3));
    HttpOptions http =
        load(config, Map.of("SNAKEPIT_HTTP_PORT", "2", "SNAKEPIT_HTTP_MAX_BODY_BYTES", "22"))
            .http();
    assertThat(http.port()).isEqualTo(3);
    assertThat(http.host()).isEqualTo("from-file");
    assertThat(http.maxBodyBytes()).isEqualTo(22);
  }

  @Test
  void poolsAddUpMapsMergeAndListsReplace() throws IOException {
    JsonObject ml =
        new JsonObject()
            .put("pythonPath", new JsonArray().add("c"))
            .put("env", new JsonObject().put("B", "2"));
    JsonObject config =
        over("pools: {ml: {size: 3, pythonPath: [a, b], env: {A: '1'}}}")
            .put("pools", new JsonObject().put("ml", ml).put("web", new JsonObject()));
    Map<String, PoolOptions> pools = load(config, NO_VARIABLES).pools();
    assertThat(pools.keySet()).containsExactly("ml", "web");
    PoolOptions merged = pools.get("ml");
    assertThat(merged.size().max()).isEqualTo(3);
    assertThat(merged.pythonPath()).containsExactly("c");
    assertThat(merged.env()).isEqualTo(Map.of("A", "1", "B", "2"));
  }

  @Test
  void aVariableDoesNotReplaceAMapOfWhichTheConfigSetsAKey() throws IOException {
    JsonObject ml = new JsonObject().put("env", new JsonObject().put("B", "2"));
    JsonObject config = over("pools: {ml: {}}").put("pools", new JsonObject().put("ml", ml));
    Map<String, String> variables = Map.of("SNAKEPIT_POOLS_ML_ENV", "{A: x}");
    assertThat(load(config, variables).pools().get("ml").env()).isEqualTo(Map.of("B", "2"));
  }

  @Test
  void everyFaultIsToldAtOnceWithItsOrigin() throws IOException {
    JsonObject config =
        over("http: {host: ''}\npools: {ml: {size: none}}")
            .put("http", new JsonObject().put("port", -1))
            .put("colour", "red");
    String file = config.getString("configFile");
    assertThat(faults(config, Map.of("SNAKEPIT_HTTP_MAX_BODY_BYTES", "lots")))
        .anySatisfy(fault -> assertThat(fault).startsWith("http.host ").endsWith(file + ":1)"))
        .anySatisfy(fault -> assertThat(fault).startsWith("pools.ml.size").endsWith(file + ":2)"))
        .anySatisfy(
            fault ->
                assertThat(fault)
                    .startsWith("http.port ")
                    .endsWith("got -1 (from the deployment's config)"))
        .anySatisfy(fault -> assertThat(fault).contains("colour").contains("deployment's config"))
        .anySatisfy(fault -> assertThat(fault).contains("from SNAKEPIT_HTTP_MAX_BODY_BYTES"))
        .hasSize(5);
  }

  @Test
  void withoutAFileFaultsReadAsThoseOfJson() {
    JsonObject config = new JsonObject().put("http", new JsonObject().put("port", "x"));
    assertThat(faults(config, NO_VARIABLES))
        .containsExactly("http.port must be a whole number between 0 and 65535: got \"x\"");
  }

  @Test
  void aSectionThatIsNoMapIsNamed() throws IOException {
    JsonObject config = over("http: {port: 1}").put("http", 5);
    assertThat(faults(config, Map.of("SNAKEPIT_HTTP_PORT", "2")))
        .containsExactly("http must be a map of keys: got 5 (from the deployment's config)");
  }

  @Test
  void aFileIsNamedByAText() {
    for (Object wrong : List.of(5, "", new JsonArray())) {
      assertThat(faults(new JsonObject().put("configFile", wrong), NO_VARIABLES))
          .containsExactly("configFile must be the path of a YAML file: got " + wrong);
    }
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    JsonObject config = new JsonObject().put("configFile", folder.resolve("no.yaml").toString());
    assertThatThrownBy(() -> load(config, NO_VARIABLES))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("there is no configuration file")
        .hasMessageContaining("no.yaml");
  }
}
