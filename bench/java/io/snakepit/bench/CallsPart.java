package io.snakepit.bench;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Measures the table of calls. All rows take turns, several rounds of them, with the floor in
 * between: what disturbs the machine for a while disturbs them alike.
 */
final class CallsPart implements Part.Measurement {

  /** A host with the interfaces that are measured. */
  private record Entrance(
      BenchHost host, int workers, CpuMeter meter, Map<Door, LoadSource> sources) {
    static Entrance to(Bed bed, int workers) {
      BenchHost host = BenchHost.start(bed, workers, StartMethods.FORKSERVER);
      Map<Door, LoadSource> sources = new EnumMap<>(Door.class);
      for (Door door : Door.values()) {
        sources.put(door, door.into(host, bed.http()));
      }
      return new Entrance(host, workers, new CpuMeter(host.pids()), sources);
    }
  }

  private final List<Entrance> entrances = new ArrayList<>();

  @Override
  public void run(Bed bed, Results results) {
    try (FloorLoop floor = new FloorLoop(bed)) {
      for (int workers : bed.plan().calls().workers()) {
        entrances.add(Entrance.to(bed, workers));
      }
      makeRows(bed.plan(), results);
      warmUp(bed, floor.load());
      measure(bed, results, floor.load());
    } finally {
      entrances.forEach(entrance -> entrance.host.close());
    }
  }

  private static void makeRows(Plan plan, Results results) {
    for (Door door : Door.values()) {
      for (int workers : plan.calls().workers()) {
        plan.calls().inFlight().forEach(n -> results.calls.add(new CallRow(door, workers, n)));
      }
    }
  }

  private void warmUp(Bed bed, LoadSource floor) {
    bed.say("calls: warming up");
    Plan plan = bed.plan();
    floor.run(1, plan.calls().warmUp().dividedBy(2));
    int most = plan.calls().inFlight().get(plan.calls().inFlight().size() - 1);
    for (Door door : Door.values()) {
      // Half with many calls in flight and half with one: the compiler sees both ways through.
      LoadSource source = entrances.get(entrances.size() - 1).sources.get(door);
      source.run(most, plan.calls().warmUp().dividedBy(2));
      entrances.get(0).sources.get(door).run(1, plan.calls().warmUp().dividedBy(2));
    }
    bed.http().resetCost();
  }

  private void measure(Bed bed, Results results, LoadSource floor) {
    Plan plan = bed.plan();
    List<Double> others = new ArrayList<>();
    for (int round = 1; round <= plan.rounds(); round++) {
      bed.say(
          "calls: round %d of %d, %d rows".formatted(round, plan.rounds(), results.calls.size()));
      Patience patience = new Patience(plan.calls().patience().dividedBy(plan.rounds()));
      for (int from = 0; from < results.calls.size(); from += plan.calls().inFlight().size()) {
        List<CallRow> rows = results.calls.subList(from, from + plan.calls().inFlight().size());
        Attempt kept = patience.calmest(() -> attempt(bed, rows, floor));
        kept.keep(results);
        others.add(kept.othersShare);
      }
    }
    results.othersShare = others.stream().mapToDouble(Double::doubleValue).average().orElse(0);
    results.httpGeneratorMicros = bed.http().costMicros();
  }

  /** Measures a few rows between two floors. */
  private Attempt attempt(Bed bed, List<CallRow> rows, LoadSource floor) {
    Disturbance disturbance = new Disturbance(bed);
    Sample before = floor.run(1, bed.plan().calls().floor());
    List<Pending> pending = rows.stream().map(row -> measure(bed.plan(), row)).toList();
    Sample after = floor.run(1, bed.plan().calls().floor());
    return new Attempt(List.of(before, after), pending, disturbance.share());
  }

  /** A few rows and the floors around them. */
  private record Attempt(List<Sample> floors, List<Pending> pending, double othersShare)
      implements Patience.Disturbed {
    void keep(Results results) {
      results.floors.addAll(floors);
      double mean = floors.stream().mapToDouble(Sample::perSecond).average().orElseThrow();
      pending.forEach(each -> each.row.add(new CallRow.Turn(each.sample, each.cpu, mean)));
    }
  }

  /** A row's round, while its floor is not known yet. */
  private record Pending(CallRow row, Sample sample, CpuMeter.Reading cpu) {}

  private Pending measure(Plan plan, CallRow row) {
    Entrance entrance =
        entrances.stream().filter(e -> e.workers == row.workers()).findFirst().orElseThrow();
    LoadSource source = entrance.sources.get(row.door());
    source.run(row.inFlight(), plan.calls().settle());
    CpuMeter.Reading before = entrance.meter.read();
    Sample sample = source.run(row.inFlight(), plan.calls().slice());
    return new Pending(row, sample, entrance.meter.read().since(before));
  }
}
