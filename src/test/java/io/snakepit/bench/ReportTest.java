package io.snakepit.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.bench.Bounds.Verdict;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {

  @Test
  void alignsNumbersToTheRight() {
    String table =
        new Table(1, "way", "calls/s").row("short", 5.0).row("longer", 12345.6).toString();
    assertThat(table).isEqualTo("way     calls/s\nshort      5.00\nlonger   12,346\n");
  }

  @Test
  void tellsMetFromMissedAndFromNotMeasured() {
    Results results = new Results(new JsonObject());
    results.recoveries.add(new Results.Recovery(StartMethods.FORKSERVER, 20, 14));
    results.memory.add(new Results.Memory(MemoryPart.WORKER, StartMethods.FORKSERVER, 7 << 20));
    List<Verdict> verdicts = Bounds.check(results);
    assertThat(word(verdicts, "a forked worker")).isEqualTo("met");
    assertThat(word(verdicts, "private memory")).isEqualTo("MISSED");
    assertThat(word(verdicts, "./snakepit serve")).isEqualTo("not measured");
  }

  @Test
  void takesARatioFromEachRoundsOwnFloor() {
    CallRow row = new CallRow(Door.HTTP, 1, 1);
    CpuMeter.Reading cpu = new CpuMeter.Reading(2_000_000, 1_000_000);
    // The machine was half as fast in the second round, and so was its floor.
    row.add(new CallRow.Turn(new Sample(100, 1_000_000_000, 10, 20), cpu, 200));
    row.add(new CallRow.Turn(new Sample(50, 1_000_000_000, 20, 40), cpu, 100));
    assertThat(row.floorRatio()).isEqualTo(0.5);
    assertThat(row.perSecond()).isEqualTo(75);
    assertThat(row.hostCpuMicros()).isEqualTo(30);
  }

  @Test
  void writesWhatIsUnknownAsNull() {
    JsonObject json = new JsonObject();
    Figures.put(json, "known", 1.23456);
    Figures.put(json, "unknown", Double.NaN);
    assertThat(json.encode()).isEqualTo("{\"known\":1.235,\"unknown\":null}");
  }

  private static String word(List<Verdict> verdicts, String figure) {
    return verdicts.stream()
        .filter(verdict -> verdict.figure().startsWith(figure))
        .findFirst()
        .orElseThrow()
        .word();
  }
}
