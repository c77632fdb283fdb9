package io.snakepit.cli;

import io.snakepit.diagnostics.Limit;
import io.snakepit.diagnostics.Recommendation;
import io.snakepit.diagnostics.Resource;
import io.snakepit.diagnostics.Scaling;
import io.snakepit.diagnostics.ScalingReport;
import io.snakepit.diagnostics.Step;

/** Text for people of a report on scaling. */
final class ScalingText {
  private final ScalingReport report;

  ScalingText(ScalingReport report) {
    this.report = report;
  }

  @Override
  public String toString() {
    return "pool %s, adapter %s%n%n".formatted(report.subject().pool(), report.subject().adapter())
        + steps()
        + '\n'
        + limits()
        + '\n'
        + firstLimits()
        + '\n'
        + recommendations();
  }

  private String steps() {
    TextTable table =
        new TextTable(
            0,
            "workers",
            "ready after",
            "private memory each",
            "PSS each",
            "processes each",
            "calls/s",
            "times one's");
    Scaling scaling = report.scaling();
    double one = scaling.steps().get(0).callsPerSecond();
    scaling.steps().forEach(step -> table.row(cells(step, one)));
    return table + later(report.startMsPerWorker()) + '\n';
  }

  private static String later(double millis) {
    return millis > 0
        ? "each further worker is ready " + Quantity.millis(millis) + " later"
        : "how much later a further worker is ready can't be told from these";
  }

  private static String[] cells(Step step, double one) {
    boolean measured = step.callsPerSecond() > 0;
    return new String[] {
      Quantity.number(step.workers()),
      Quantity.millis(step.startMs()),
      Quantity.bytes(step.worker().privateBytes()),
      Quantity.bytes(step.worker().pssBytes()),
      Quantity.number(step.worker().processes()),
      measured ? Quantity.number(step.callsPerSecond()) : "-",
      measured ? Quantity.number(step.callsPerSecond() / one) : "-"
    };
  }

  private String limits() {
    TextTable table =
        new TextTable(2, "resource", "bound by", "available", "per worker", "allows workers");
    for (Limit limit : report.limits()) {
      table.row(
          limit.resource().title(),
          limit.source(),
          amount(limit.resource(), limit.available()),
          amount(limit.resource(), limit.perWorker()),
          Quantity.number(limit.allows()));
    }
    return table.toString();
  }

  private static String amount(Resource resource, double figure) {
    return resource == Resource.MEMORY ? Quantity.bytes(figure) : Quantity.number(figure);
  }

  private String firstLimits() {
    TextTable table = new TextTable(2, "first limit of workers that", "", "workers");
    table.row("compute", name(report.first()), Quantity.number(report.first().allows()));
    Limit hard = report.firstHard();
    return table.row("wait", name(hard), Quantity.number(hard.allows())).toString();
  }

  private static String name(Limit limit) {
    return limit.resource().title() + ", " + limit.source();
  }

  private String recommendations() {
    StringBuilder text = new StringBuilder("recommended\n");
    for (Recommendation each : report.recommendations()) {
      text.append(
          "  for tools that %s: size %d, profile %s%s%n    %s%n"
              .formatted(
                  each.tools(),
                  each.size(),
                  each.profile(),
                  each.concurrency() == 1 ? "" : ", concurrency " + each.concurrency(),
                  each.why().replace("; ", ";\n    ")));
    }
    return text.toString().stripTrailing();
  }
}
