package io.snakepit.bench;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** One row of the table of calls: every round of it, told by medians. */
final class CallRow {
  private final Door door;
  private final int workers;
  private final int inFlight;
  private final List<Turn> turns = new ArrayList<>();

  /**
   * The figures of one round.
   *
   * @param cpu of host and workers, in all
   * @param floor calls per second of the bare loop, mean of before and after
   */
  record Turn(Sample sample, CpuMeter.Reading cpu, double floor) {}

  CallRow(Door door, int workers, int inFlight) {
    this.door = door;
    this.workers = workers;
    this.inFlight = inFlight;
  }

  void add(Turn turn) {
    turns.add(turn);
  }

  Door door() {
    return door;
  }

  int workers() {
    return workers;
  }

  int inFlight() {
    return inFlight;
  }

  double perSecond() {
    return median(turn -> turn.sample.perSecond());
  }

  double p50Micros() {
    return median(turn -> turn.sample.p50Micros());
  }

  double p99Micros() {
    return median(turn -> turn.sample.p99Micros());
  }

  double hostCpuMicros() {
    return median(turn -> turn.cpu.hostNanos() / 1e3 / turn.sample.calls());
  }

  double workerCpuMicros() {
    return median(turn -> turn.cpu.workerNanos() / 1e3 / turn.sample.calls());
  }

  /**
   * Returns the median of each round over its own floor: what slows the machine for a while slows
   * both.
   */
  double floorRatio() {
    return median(turn -> turn.sample.perSecond() / turn.floor);
  }

  private double median(ToDoubleFunction<Turn> figure) {
    return Median.of(turns, figure);
  }

  JsonObject toJson() {
    JsonObject json =
        new JsonObject()
            .put("door", door.key())
            .put("workers", workers)
            .put("inFlight", inFlight)
            .put("rounds", turns.size());
    Figures.put(json, "callsPerSecond", perSecond());
    Figures.put(json, "p50Micros", p50Micros());
    Figures.put(json, "p99Micros", p99Micros());
    Figures.put(json, "hostCpuMicros", hostCpuMicros());
    Figures.put(json, "workerCpuMicros", workerCpuMicros());
    Figures.put(json, "floorRatio", floorRatio());
    return json;
  }
}
