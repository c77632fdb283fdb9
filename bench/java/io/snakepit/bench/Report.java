package io.snakepit.bench;

import io.vertx.core.json.JsonObject;
import java.util.List;

/** The printed report of a run's results. */
final class Report {
  private static final double MIB = 1024.0 * 1024;
  private static final double DISTURBED = 0.05;

  private final Results results;
  private final StringBuilder text = new StringBuilder();

  private Report(Results results) {
    this.results = results;
  }

  static String of(Results results) {
    Report report = new Report(results);
    report.head();
    report.calls();
    report.others();
    report.queues();
    report.peers();
    report.bounds();
    report.failures();
    return report.text.toString();
  }

  private void head() {
    JsonObject machine = results.machine();
    text.append(
        "\nSnakepit bench, %s: %d cores, JDK %s, Python %s, load %.1f when it began\n\n"
            .formatted(
                machine.getString("date"),
                machine.getInteger("cores"),
                machine.getString("jdk"),
                machine.getString("python"),
                machine.getDouble("loadAverage")));
  }

  private void calls() {
    if (results.floors.isEmpty()) {
      return;
    }
    Table table =
        new Table(
            1,
            "echo of 50 bytes",
            "workers",
            "in flight",
            "calls/s",
            "p50 µs",
            "p99 µs",
            "host CPU µs",
            "worker CPU µs",
            "of floor");
    table.row(
        "floor: a bare Python loop",
        1,
        1,
        results.floor(),
        Median.of(results.floors, Sample::p50Micros),
        Median.of(results.floors, Sample::p99Micros),
        "",
        "",
        "1.00");
    results.calls.forEach(row -> table.row(cells(row)));
    text.append(table);
    text.append(
        "CPU is for each call. The host's includes that of callers in its process; the generator for HTTP takes %s µs besides.\n"
            .formatted(Figures.text(results.httpGeneratorMicros)));
    noise();
    text.append('\n');
  }

  private void noise() {
    if (results.othersShare > DISTURBED) {
      text.append(
          "Other processes took %.0f %% of the CPU during the calls: on an idle machine figures and ratios are others.\n"
              .formatted(results.othersShare * 100));
    }
  }

  private static Object[] cells(CallRow row) {
    return new Object[] {
      row.door().title(),
      row.workers(),
      row.inFlight(),
      row.perSecond(),
      row.p50Micros(),
      row.p99Micros(),
      row.hostCpuMicros(),
      row.workerCpuMicros(),
      "%.2f".formatted(row.floorRatio())
    };
  }

  private void others() {
    Table table = new Table(1, "large bodies, life and death", "", "");
    results.large.forEach(
        large ->
            table.row(
                large.payload().title() + " there and back through HTTP, p50",
                large.sample().p50Micros() / 1e3,
                "ms"));
    results.starts.forEach(
        start ->
            table.row(
                "start of %d worker%s, %s"
                    .formatted(
                        start.workers(), start.workers() == 1 ? "" : "s", start.startMethod()),
                start.millis(),
                "ms"));
    results.recoveries.forEach(
        each -> {
          table.row(
              "one worker, from request to ready, " + each.startMethod(), each.startMillis(), "ms");
          table.row(
              "a worker's kill -9 until another answers, " + each.startMethod(),
              each.recoveryMillis(),
              "ms");
        });
    results.memory.forEach(each -> table.row(told(each), each.bytes() / MIB, "MiB"));
    results.hostKills.forEach(
        each ->
            table.row(
                "the host's kill -9 until all %d processes (%d %s workers, %s) are gone"
                    .formatted(
                        each.processes(),
                        each.workers(),
                        each.hostile() ? "hostile" : "idle",
                        each.startMethod()),
                each.millis(),
                "ms"));
    results.hangs.forEach(
        each -> {
          table.row("a worker's stop until it counts as hung", each.foundMillis(), "ms");
          table.row("a worker's stop until another is ready", each.replacedMillis(), "ms");
        });
    results.idles.forEach(
        each ->
            table.row(
                "host CPU with %d idle workers and heartbeats".formatted(each.workers()),
                100 * each.share(),
                "% of a core"));
    results.figures.forEach(each -> table.row(each.name(), each.value(), each.unit()));
    results.serves.forEach(
        each -> table.row("./snakepit serve, warm, to ready", each.millis(), "ms"));
    append(table);
  }

  private static String told(Results.Memory memory) {
    return memory.what().equals(MemoryPart.HOST)
        ? "resident memory of an idle host"
        : "private memory of an idle worker, " + memory.startMethod();
  }

  private void queues() {
    Table table = new Table(1, "calls that wait", "submit ns", "cancel ns", "dispatch ns");
    results.queues.forEach(
        each ->
            table.row(
                "%,d".formatted(each.waiting()),
                each.submitNanos(),
                each.cancelNanos(),
                each.dispatchNanos()));
    append(table);
  }

  private void peers() {
    Table table = new Table(1, "peers, the same echo", "in flight", "calls/s", "p50 µs", "p99 µs");
    results.peers.forEach(
        peer ->
            table.row(
                peer.name() + " " + peer.version(),
                peer.inFlight(),
                peer.sample().perSecond(),
                peer.sample().p50Micros(),
                peer.sample().p99Micros()));
    append(table);
  }

  private void bounds() {
    Table table = new Table(2, "promise", "bound", "measured", "");
    List<Bounds.Verdict> verdicts = Bounds.check(results);
    if (verdicts.stream().allMatch(verdict -> Double.isNaN(verdict.measured()))) {
      return;
    }
    verdicts.forEach(
        verdict ->
            table.row(
                verdict.figure(),
                verdict.bound(),
                (Figures.text(verdict.measured()) + " " + verdict.unit()).strip(),
                verdict.word()));
    append(table);
    noise();
  }

  private void failures() {
    results.failures.forEach(
        failure ->
            text.append("not measured: %s (%s)\n".formatted(failure.part(), failure.reason())));
  }

  private void append(Table table) {
    if (!table.isEmpty()) {
      text.append(table).append('\n');
    }
  }
}
