package io.snakepit.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.process.ProcessTable;
import io.snakepit.testing.TestPython;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A run of every part that neither needs the launcher nor installs anything. */
class BenchIT {
  private static final Set<Part> PARTS = EnumSet.complementOf(EnumSet.of(Part.SERVE, Part.PEERS));

  private static final ByteArrayOutputStream PROGRESS = new ByteArrayOutputStream();
  private static Map<String, String> mark;
  private static Results results;
  private static JsonObject json;

  @BeforeAll
  static void run() {
    PrintStream progress = new PrintStream(PROGRESS, true, StandardCharsets.UTF_8);
    String python = TestPython.executable().toString();
    try (Bed bed = new Bed(Plan.tiny(), TestPython.project(), python, progress)) {
      mark = bed.children().mark();
      results = Main.run(bed, PARTS);
    }
    json = results.toJson();
  }

  @AfterAll
  static void forget() {
    results = null;
    json = null;
  }

  @Test
  void measuresEveryPart() {
    assertThat(json.getJsonArray("notMeasured")).isEmpty();
    for (Part part : PARTS) {
      assertThat(PROGRESS.toString(StandardCharsets.UTF_8)).contains(part.key() + ": ");
    }
  }

  @Test
  void hasARowForEveryWayInPoolSizeAndLoad() {
    JsonArray calls = json.getJsonArray("calls");
    Plan plan = Plan.tiny();
    assertThat(calls)
        .hasSize(
            Door.values().length * plan.calls().workers().size() * plan.calls().inFlight().size());
    for (Object each : calls) {
      JsonObject row = (JsonObject) each;
      for (String figure : List.of("callsPerSecond", "p50Micros", "p99Micros", "floorRatio")) {
        assertThat(row.getDouble(figure)).as(figure + " of " + row).isPositive();
      }
      // A run this short may pass between two ticks of the kernel's CPU clock.
      assertThat(row.getDouble("hostCpuMicros")).as("hostCpuMicros of " + row).isNotNegative();
    }
  }

  @Test
  void hasARowForEveryStartBodyAndDeath() {
    int starts = Plan.tiny().starts().workers().size() * StartMethods.ALL.size() + 1;
    assertThat(json.getJsonArray("starts")).hasSize(starts);
    assertThat(json.getJsonArray("large")).hasSize(3);
    assertThat(json.getJsonArray("recovery")).hasSize(2);
    assertThat(json.getJsonArray("memory")).hasSize(3);
    assertThat(json.getJsonArray("hostKill")).hasSize(3);
    assertThat(json.getJsonArray("queue")).hasSize(2);
    assertThat(json.getJsonArray("figures")).hasSize(22);
    assertThat(json.getJsonArray("hang").getJsonObject(0).getDouble("foundMillis")).isPositive();
    assertThat(json.getJsonArray("idle").getJsonObject(0).getInteger("workers")).isEqualTo(2);
    assertThat(json.getJsonObject("floor").getDouble("callsPerSecond")).isPositive();
  }

  @Test
  void judgesEveryBoundThatWasMeasured() {
    JsonArray bounds = json.getJsonArray("bounds");
    assertThat(bounds).hasSize(40);
    // 64 and 250 workers and the launcher are no part of a tiny run.
    assertThat(bounds.stream().filter(each -> ((JsonObject) each).getValue("met") == null))
        .hasSize(3);
  }

  @Test
  void tellsPeopleTheSame() {
    assertThat(Report.of(results))
        .contains("echo of 50 bytes", "large bodies, life and death", "promise")
        .contains("HTTP, caller in another process");
  }

  @Test
  void leavesNoProcess() {
    assertThat(ProcessTable.system().bearing(mark)).isEmpty();
  }
}
