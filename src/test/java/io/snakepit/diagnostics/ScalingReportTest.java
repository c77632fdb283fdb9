package io.snakepit.diagnostics;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScalingReportTest {
  private static final double MIB = 0x1p20;
  private static final double UNKNOWN = Double.NaN;
  private static final double NO_LIMIT = Double.POSITIVE_INFINITY;

  private static Step step(int workers, double callsPerSecond) {
    Footprint worker = new Footprint(4 * MIB, 6 * MIB, 1, 2, 6);
    return new Step(
        workers, 100 + workers, callsPerSecond, worker, 70 + 2 * workers, 10 + 3 * workers, 8);
  }

  private static Subject subject(long memoryBytes, double cpus) {
    return new Subject("default", "tools", memoryBytes, cpus, 1000);
  }

  private static ScalingReport report(Subject subject, Bound... bounds) {
    return ScalingReport.of(
        subject, new Scaling(List.of(step(1, 100), step(8, 210)), List.of(bounds), 8));
  }

  private static Bound bound(Resource resource, double left) {
    return new Bound(resource, "test", left);
  }

  private static Bound processors(double number) {
    return bound(Resource.CPU, number);
  }

  /** The eight workers that were measured have a part of it already. */
  @ParameterizedTest
  @CsvSource({
    "MEMORY, 33554432, 4194304, 16",
    "PIDS, 100, 2, 58",
    "HOST_FILES, 984, 2, 500",
    "KEEPER_FILES, 976, 3, 333",
    "MACHINE_FILES, 0, 11, 8",
    "FORK_SERVER_FILES, 50, 0, Infinity",
    "PIDS, Infinity, 2, Infinity",
    "PIDS, NaN, 2, NaN",
    "MEMORY, -99999999, 4194304, 0",
    "CPU, 2, 1, 2",
    "CPU, 1.5, 1, 1",
  })
  void eachBoundAllowsSoManyWorkers(
      Resource resource, double left, double perWorker, double allows) {
    Limit limit = report(subject(0, 0), bound(resource, left)).limits().get(0);

    assertThat(limit.perWorker()).isEqualTo(perWorker);
    assertThat(limit.allows()).isEqualTo(Double.valueOf(allows));
  }

  /** Files that host and keeper have open beside their workers would be taken for a worker's. */
  @ParameterizedTest
  @CsvSource({
    "HOST_FILES, 928, NaN",
    "KEEPER_FILES, 990, NaN",
    "MACHINE_FILES, 5000, NaN",
    "HOST_FILES, Infinity, Infinity",
    "PIDS, 100, 51",
  })
  void onePoolAloneDoesNotTellWhatAFurtherWorkerOpens(
      Resource resource, double left, double allows) {
    Scaling one = new Scaling(List.of(step(1, 100)), List.of(bound(resource, left)), 1);
    ScalingReport report = ScalingReport.of(subject(0, 0), one);

    assertThat(report.limits().get(0).allows()).isEqualTo(Double.valueOf(allows));
    assertThat(report.startMsPerWorker()).isNaN();
  }

  @Test
  void aWorkerMayTakeAllThatItsLimitLeavesIt() {
    Limit limit = report(subject(64L << 20, 0), bound(Resource.MEMORY, 608 * MIB)).limits().get(0);

    assertThat(limit.perWorker()).isEqualTo(64 * MIB);
    assertThat(limit.allows()).isEqualTo(10);
  }

  @ParameterizedTest
  @CsvSource({"0.5, 8", "1, 4", "2, 4"})
  void aLimitOfProcessorsLetsMoreWorkersCompute(double cpus, int size) {
    ScalingReport report = report(subject(0, cpus), processors(4));

    assertThat(report.recommendations().get(0).size()).isEqualTo(size);
  }

  @Test
  void theFirstLimitIsTheOneThatAllowsTheFewest() {
    ScalingReport report =
        report(
            subject(0, 0),
            processors(4),
            bound(Resource.MEMORY, UNKNOWN),
            bound(Resource.PIDS, NO_LIMIT),
            bound(Resource.KEEPER_FILES, 276));

    assertThat(report.first().resource()).isEqualTo(Resource.CPU);
    assertThat(report.firstHard().resource()).isEqualTo(Resource.KEEPER_FILES);
    assertThat(report.firstHard().allows()).isEqualTo(100);
  }

  @Test
  void whereNothingElseIsKnownTheConfigurationIsTheLimit() {
    ScalingReport report = report(subject(0, 0), bound(Resource.MEMORY, UNKNOWN));

    assertThat(report.first().resource()).isEqualTo(Resource.CONFIGURATION);
    assertThat(report.first().allows()).isEqualTo(1000);
    assertThat(report.recommendations().get(0).size()).isEqualTo(1);
  }

  @Test
  void aQuotaCountsWhereItIsLessThanTheProcessors() {
    ScalingReport report = report(subject(0, 0), processors(8), processors(2.5));

    assertThat(report.recommendations().get(0).size()).isEqualTo(2);
  }

  @Test
  void recommendsAWorkerForEachProcessorAndSharedOnesForWaiting() {
    List<Recommendation> both =
        report(subject(0, 0), processors(4), bound(Resource.MEMORY, 368 * MIB)).recommendations();

    assertThat(both.get(0).tools()).isEqualTo("compute");
    assertThat(both.get(0).size()).isEqualTo(4);
    assertThat(both.get(0).profile()).isEqualTo("process");
    assertThat(both.get(0).why()).contains("4 processors", "8 did 2.1 times the calls of one");
    assertThat(both.get(1).tools()).isEqualTo("wait");
    assertThat(both.get(1).profile()).isEqualTo("async or thread");
    assertThat(both.get(1).concurrency()).isEqualTo(16);
    assertThat(both.get(1).why()).contains("64 of them share 4 workers", "at most 80 should");
  }

  @Test
  void aSmallMachineCarriesLessThanItsProcessorsWould() {
    Recommendation compute =
        report(subject(0, 0), processors(64), bound(Resource.PIDS, 4)).recommendations().get(0);

    assertThat(compute.size()).isEqualTo(8);
    assertThat(compute.why()).contains("64", "test does not");
  }

  @Test
  void jsonHasNullForWhatIsUnknownOrEndless() {
    JsonObject json =
        report(
                subject(0, 0),
                bound(Resource.MEMORY, UNKNOWN),
                bound(Resource.PIDS, NO_LIMIT),
                processors(2))
            .toJson();

    JsonObject unknown = json.getJsonArray("limits").getJsonObject(0);
    assertThat(unknown.getValue("limited")).isNull();
    assertThat(unknown.getValue("allows")).isNull();
    JsonObject endless = json.getJsonArray("limits").getJsonObject(1);
    assertThat(endless.getBoolean("limited")).isFalse();
    assertThat(endless.getValue("available")).isNull();
    assertThat(json.getJsonObject("firstLimit").getLong("allows")).isEqualTo(2);
    assertThat(json.getJsonObject("perWorker").getLong("privateBytes")).isEqualTo(4L << 20);
    assertThat(json.getJsonArray("steps").getJsonObject(1).getDouble("callsPerSecond"))
        .isEqualTo(210);
    assertThat(json.getJsonArray("recommendations")).hasSize(2);
  }
}
