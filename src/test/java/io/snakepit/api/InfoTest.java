package io.snakepit.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is told of pools, workers and tools, in the contract's words. */
class InfoTest {

  @Test
  void aPoolTellsItsStateAndNumbers() {
    Map<String, Long> counters = new LinkedHashMap<>();
    counters.put("OK", 5L);
    counters.put("restarts", 0L);
    PoolInfo pool = new PoolInfo("main", "ready", 4, 3, 2, 2, 3, 1, 7, counters, 0.25, 12.5, null);
    assertThat(pool.toJson())
        .isEqualTo(
            new JsonObject(
                """
                {"pool":"main","state":"ready","size":4,"ready":3,"busy":2,"running":2,"capacity":3,
                 "starting":1,"queued":7,"counters":{"OK":5,"restarts":0},
                 "latencyMs":{"p50":0.25,"p99":12.5}}"""));
    counters.put("OK", 6L);
    assertThat(pool.counters()).containsEntry("OK", 5L);
  }

  @Test
  void aPoolTellsItsLastErrorIfThereIsOne() {
    PoolInfo pool =
        new PoolInfo("main", "failed", 1, 0, 0, 0, 0, 0, 0, Map.of(), 0, 0, "no such module");
    assertThat(pool.toJson().getString("lastError")).isEqualTo("no such module");
  }

  @Test
  void aWorkerTellsItsStateAndNumbers() {
    assertThat(new WorkerInfo("main-1", "main", 42, "busy", 1000, 9, 1, 4096, 250L, "").toJson())
        .isEqualTo(
            new JsonObject(
                """
                {"worker":"main-1","pool":"main","pid":42,"state":"busy","ageMs":1000,"calls":9,
                 "errors":1,"rssBytes":4096,"lastHeartbeatMs":250,"node":""}"""));
  }

  @Test
  void aWorkerWithoutHeartbeatsSaysSo() {
    JsonObject json = new WorkerInfo("m-1", "m", 0, "starting", 0, 0, 0, 0, null, "n").toJson();
    assertThat(json.containsKey("lastHeartbeatMs")).isTrue();
    assertThat(json.getValue("lastHeartbeatMs")).isNull();
  }

  @Test
  void aToolIsReadAndWrittenWhole() {
    JsonObject json =
        new JsonObject(
            """
            {"pool":"main","name":"add","description":"Adds.","inputSchema":{"type":"object"},
             "stream":true,"kind":"async"}""");
    assertThat(ToolInfo.fromJson("main", json).toJson()).isEqualTo(json);
  }

  @Test
  void aToolIsPlainAndSyncUnlessItSaysOtherwise() {
    assertThat(ToolInfo.fromJson("main", new JsonObject().put("name", "add")))
        .isEqualTo(new ToolInfo("main", "add", "", new JsonObject(), false, "sync"));
  }

  @Test
  void aToolWithoutANameIsNone() {
    assertThatThrownBy(() -> ToolInfo.fromJson("main", new JsonObject()))
        .isInstanceOf(DecodeException.class)
        .hasMessage("a tool without a name");
    assertThatThrownBy(
            () -> ToolInfo.fromJson("main", new JsonObject().put("name", "a").put("stream", 1)))
        .isInstanceOf(ClassCastException.class);
  }

  @Test
  void aToolsSchemaIsNobodysToChange() {
    JsonObject schema = new JsonObject().put("type", "object");
    ToolInfo tool = new ToolInfo("main", "add", "", schema, false, "sync");
    schema.put("type", "changed");
    tool.inputSchema().put("type", "changed");
    tool.toJson().getJsonObject("inputSchema").put("type", "changed");
    assertThat(tool.inputSchema().getString("type")).isEqualTo("object");
  }
}
