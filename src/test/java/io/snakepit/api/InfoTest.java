package io.snakepit.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Information on pools, workers and tools is told in the contract's words. */
class InfoTest {

  @Test
  void aPoolTellsItsStateAndNumbers() {
    Map<String, Long> counters = new LinkedHashMap<>();
    counters.put("OK", 5L);
    counters.put("restarts", 0L);
    PoolInfo pool = pool("ready", counters, null, null);
    assertThat(pool.toJson().encode())
        .isEqualTo(
            encoded(
                """
                {"pool":"main","state":"ready","profile":"thread","concurrency":2,"size":4,"ready":3,
                 "busy":2,"running":3,"capacity":6,"starting":1,"queued":7,
                 "counters":{"OK":5,"restarts":0},"latencyMs":{"p50":0.25,"p99":12.5},
                 "queueMs":{"p50":0.0,"p99":2.5},"runMs":{"p50":0.25,"p99":10.0}}"""));
    counters.put("OK", 6L);
    assertThat(pool.counters()).containsEntry("OK", 5L);
  }

  /** Keeps the order of the keys, which is told as well. */
  private static String encoded(String json) {
    return new JsonObject(json).encode();
  }

  @Test
  void aPoolTellsItsLastErrorIfThereIsOne() {
    PoolInfo pool = pool("failed", Map.of(), null, "no such module");
    assertThat(pool.toJson().getString("lastError")).isEqualTo("no such module");
  }

  @Test
  void aPoolThatWasRolledTellsHowFarItIs() {
    PoolInfo.Roll roll = new PoolInfo.Roll("failed", 1, 4, "no such module");
    assertThat(pool("ready", Map.of(), roll, null).toJson().getJsonObject("roll"))
        .isEqualTo(
            new JsonObject(
                """
                {"state":"failed","done":1,"total":4,"fault":"no such module"}"""));
  }

  private static PoolInfo pool(
      String state, Map<String, Long> counters, PoolInfo.Roll roll, String lastError) {
    return new PoolInfo(
        "main",
        state,
        new PoolInfo.Workers("thread", 2, 4, 3, 2, 1),
        new PoolInfo.Calls(3, 6, 7),
        counters,
        new PoolInfo.Durations(
            new PoolInfo.Percentiles(0.25, 12.5),
            new PoolInfo.Percentiles(0, 2.5),
            new PoolInfo.Percentiles(0.25, 10)),
        roll,
        lastError);
  }

  @Test
  void whatIsWrittenIsReadAgain() {
    PoolInfo bare = pool("ready", Map.of("OK", 5L), null, null);
    PoolInfo whole =
        pool("failed", Map.of("OK", 5L), new PoolInfo.Roll("failed", 1, 4, "broken"), "no module");
    assertThat(PoolInfo.fromJson(new JsonObject(bare.toJson().encode()))).isEqualTo(bare);
    assertThat(PoolInfo.fromJson(new JsonObject(whole.toJson().encode()))).isEqualTo(whole);
    WorkerInfo worker = worker(null, "node");
    assertThat(WorkerInfo.fromJson(new JsonObject(worker.toJson().encode()))).isEqualTo(worker);
  }

  @Test
  void aWorkerTellsItsStateAndNumbers() {
    assertThat(worker(250L, "").toJson().encode())
        .isEqualTo(
            encoded(
                """
                {"worker":"main-1","pool":"main","pid":42,"state":"busy","ageMs":1000,"calls":9,
                 "errors":1,"running":2,"rssBytes":4096,"cpuMs":70,"lastHeartbeatMs":250,"node":""}"""));
  }

  private static WorkerInfo worker(Long lastHeartbeatMs, String node) {
    return new WorkerInfo(
        "main-1",
        "main",
        "busy",
        1000,
        new WorkerInfo.Calls(9, 1, 2),
        new WorkerInfo.OsProcess(42, 4096, 70),
        lastHeartbeatMs,
        node);
  }

  @Test
  void aWorkerWithoutHeartbeatsSaysSo() {
    JsonObject json = worker(null, "n").toJson();
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
  void aToolThatTakesBatchesSaysSo() {
    JsonObject json =
        new JsonObject(
            """
            {"pool":"main","name":"embed","description":"","inputSchema":{"type":"object"},
             "stream":false,"kind":"sync","batch":32,"waitMs":5}""");
    ToolInfo tool = ToolInfo.fromJson("main", json);
    assertThat(tool.batch()).isEqualTo(new ToolInfo.Batch(32, 5));
    assertThat(tool.toJson().encode()).isEqualTo(json.encode());
  }

  @Test
  void aToolThatMustNotBeInterruptedSaysSo() {
    JsonObject json =
        new JsonObject(
            """
            {"pool":"main","name":"pay","description":"","inputSchema":{"type":"object"},
             "stream":false,"kind":"sync","interrupt":false}""");
    ToolInfo tool = ToolInfo.fromJson("main", json);
    assertThat(tool.interrupt()).isFalse();
    assertThat(tool.toJson().encode()).isEqualTo(json.encode());
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
