package io.snakepit.bench;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** All figures of a run: tables for people, JSON for machines. */
final class Report {
  private static final String CALL_ROW = "%-34s %7s %8s %10s %9s %9s %9s %9s %7s%n";

  private final List<CallRow> calls = new ArrayList<>();
  private final Map<String, Figure> figures = new LinkedHashMap<>();
  private double floor;

  /**
   * One way of calling.
   *
   * @param hostMicros CPU of the host's process per call; with a load generator inside, that counts
   *     too
   * @param workerMicros CPU of all workers per call
   */
  record CallRow(
      String way,
      int workers,
      int inFlight,
      Load.Figures load,
      double hostMicros,
      double workerMicros) {}

  /** A single number. */
  record Figure(double value, String unit) {}

  void floor(double perSecond) {
    floor = perSecond;
  }

  double floor() {
    return floor;
  }

  void add(CallRow row) {
    calls.add(row);
  }

  void add(String name, double value, String unit) {
    figures.put(name, new Figure(value, unit));
  }

  /** The ratio to the floor of that way; NaN if it was not measured. */
  double ratio(String way, int workers, int inFlight) {
    return find(way, workers, inFlight)
        .map(row -> row.load().perSecond() / floor)
        .orElse(Double.NaN);
  }

  /** That way's median latency; NaN if it was not measured. */
  double p50Micros(String way, int workers, int inFlight) {
    return find(way, workers, inFlight).map(row -> row.load().p50Micros()).orElse(Double.NaN);
  }

  private java.util.Optional<CallRow> find(String way, int workers, int inFlight) {
    return calls.stream()
        .filter(r -> r.way().equals(way) && r.workers() == workers && r.inFlight() == inFlight)
        .findFirst();
  }

  /** That figure's value; NaN if it was not measured. */
  double value(String name) {
    Figure figure = figures.get(name);
    return figure == null ? Double.NaN : figure.value();
  }

  /** Everything as tables. */
  String tables() {
    StringBuilder out = new StringBuilder();
    out.append(String.format(Locale.ROOT, "%nfloor: %,.0f calls/s%n%n", floor));
    out.append(
        String.format(
            CALL_ROW,
            "50-byte echo",
            "workers",
            "in flt",
            "calls/s",
            "p50 µs",
            "p99 µs",
            "host µs",
            "wrkr µs",
            "ratio"));
    for (CallRow row : calls) {
      out.append(
          String.format(
              Locale.ROOT,
              CALL_ROW,
              row.way(),
              row.workers(),
              row.inFlight(),
              whole(row.load().perSecond()),
              one(row.load().p50Micros()),
              one(row.load().p99Micros()),
              one(row.hostMicros()),
              one(row.workerMicros()),
              String.format(Locale.ROOT, "%.2f", row.load().perSecond() / floor)));
    }
    out.append('\n');
    figures.forEach(
        (name, figure) ->
            out.append(
                String.format(
                    Locale.ROOT, "%-58s %12.2f %s%n", name, figure.value(), figure.unit())));
    return out.toString();
  }

  private static String whole(double value) {
    return String.format(Locale.ROOT, "%,.0f", value);
  }

  private static String one(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  /** Everything for machines. */
  JsonObject toJson() {
    JsonArray rows = new JsonArray();
    for (CallRow row : calls) {
      rows.add(
          new JsonObject()
              .put("way", row.way())
              .put("workers", row.workers())
              .put("inFlight", row.inFlight())
              .put("perSecond", row.load().perSecond())
              .put("p50Micros", row.load().p50Micros())
              .put("p99Micros", row.load().p99Micros())
              .put("hostCpuMicros", row.hostMicros())
              .put("workerCpuMicros", row.workerMicros())
              .put("ratio", row.load().perSecond() / floor));
    }
    JsonObject singles = new JsonObject();
    figures.forEach(
        (name, figure) ->
            singles.put(
                name, new JsonObject().put("value", figure.value()).put("unit", figure.unit())));
    return new JsonObject().put("floor", floor).put("echo", rows).put("figures", singles);
  }
}
