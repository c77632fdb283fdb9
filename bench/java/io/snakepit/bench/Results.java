package io.snakepit.bench;

import io.snakepit.pool.QueueCosts;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** All results of a run. Written by the parts, one after the other. */
final class Results {
  private final JsonObject machine;
  final List<Sample> floors = new ArrayList<>();
  final List<CallRow> calls = new ArrayList<>();
  final List<Large> large = new ArrayList<>();
  final List<Start> starts = new ArrayList<>();
  final List<Recovery> recoveries = new ArrayList<>();
  final List<Memory> memory = new ArrayList<>();
  final List<HostKill> hostKills = new ArrayList<>();
  final List<Hang> hangs = new ArrayList<>();
  final List<Idle> idles = new ArrayList<>();
  final List<QueueCosts> queues = new ArrayList<>();
  final List<Figure> figures = new ArrayList<>();
  final List<Serve> serves = new ArrayList<>();
  final List<Peer> peers = new ArrayList<>();
  final List<Failure> failures = new ArrayList<>();

  /** CPU time of the load generator for HTTP, for each call. */
  double httpGeneratorMicros = Double.NaN;

  /** Share of the machine that other processes took during the table of calls, 0 to 1. */
  double othersShare = Double.NaN;

  /** A large body through HTTP, one call in flight. */
  record Large(Payloads payload, Sample sample) {
    JsonObject toJson() {
      JsonObject json = new JsonObject().put("payload", payload.name().toLowerCase(Locale.ROOT));
      Figures.put(json, "p50Millis", sample.p50Micros() / 1e3);
      Figures.put(json, "p99Millis", sample.p99Micros() / 1e3);
      Figures.put(json, "callsPerSecond", sample.perSecond());
      return json;
    }
  }

  /** The median time from the host's start until all its workers are ready. */
  record Start(String startMethod, int workers, double millis) {
    JsonObject toJson() {
      JsonObject json = new JsonObject().put("startMethod", startMethod).put("workers", workers);
      Figures.put(json, "millis", millis);
      return json;
    }
  }

  /**
   * Times after a worker was killed.
   *
   * @param recoveryMillis from the signal until another is ready; median
   * @param startMillis of the other one, from request to ready; median
   */
  record Recovery(String startMethod, double recoveryMillis, double startMillis) {
    JsonObject toJson() {
      JsonObject json = new JsonObject().put("startMethod", startMethod);
      Figures.put(json, "recoveryMillis", recoveryMillis);
      Figures.put(json, "workerStartMillis", startMillis);
      return json;
    }
  }

  /**
   * A figure of memory in bytes; {@code what} is {@code idleWorkerPrivate} or {@code hostResident}.
   */
  record Memory(String what, String startMethod, double bytes) {
    JsonObject toJson() {
      JsonObject json = new JsonObject().put("what", what).put("startMethod", startMethod);
      Figures.put(json, "bytes", bytes);
      return json;
    }
  }

  /** The median time after which the processes of a killed host were gone. */
  record HostKill(int workers, String startMethod, boolean hostile, int processes, double millis) {
    JsonObject toJson() {
      JsonObject json =
          new JsonObject()
              .put("workers", workers)
              .put("startMethod", startMethod)
              .put("hostile", hostile)
              .put("processes", processes);
      Figures.put(json, "millis", millis);
      return json;
    }
  }

  /** Times from a worker's stop until it counted as hung, and until another was ready. */
  record Hang(double foundMillis, double replacedMillis) {
    JsonObject toJson() {
      JsonObject json = new JsonObject();
      Figures.put(json, "foundMillis", foundMillis);
      Figures.put(json, "replacedMillis", replacedMillis);
      return json;
    }
  }

  /** CPU of a host that only watches so many workers, as a share of one core. */
  record Idle(int workers, double share) {
    JsonObject toJson() {
      JsonObject json = new JsonObject().put("workers", workers);
      Figures.put(json, "cpuShare", share);
      return json;
    }
  }

  /** The time that the launcher, warm, takes until it prints that it is ready. */
  record Serve(double millis, double residentBytes) {
    JsonObject toJson() {
      JsonObject json = new JsonObject();
      Figures.put(json, "millis", millis);
      Figures.put(json, "residentBytes", residentBytes);
      return json;
    }
  }

  /** Figures of another way to call Python, with the same echo. */
  record Peer(String name, String version, int inFlight, Sample sample) {
    JsonObject toJson() {
      JsonObject json =
          new JsonObject().put("peer", name).put("version", version).put("inFlight", inFlight);
      Figures.put(json, "callsPerSecond", sample.perSecond());
      Figures.put(json, "p50Micros", sample.p50Micros());
      Figures.put(json, "p99Micros", sample.p99Micros());
      return json;
    }
  }

  /** One number by its name. */
  record Figure(String name, String unit, double value) {
    JsonObject toJson() {
      JsonObject json = new JsonObject().put("figure", name);
      Figures.put(json, "value", value);
      return json.put("unit", unit);
    }
  }

  /** Writes one number down. */
  void add(String name, String unit, double value) {
    figures.add(new Figure(name, unit, value));
  }

  private static JsonObject toJson(QueueCosts costs) {
    JsonObject json = new JsonObject().put("waiting", costs.waiting());
    Figures.put(json, "submitNanos", costs.submitNanos());
    Figures.put(json, "cancelNanos", costs.cancelNanos());
    Figures.put(json, "dispatchNanos", costs.dispatchNanos());
    return json;
  }

  /** A measurement that failed, and the reason. */
  record Failure(String part, String reason) {
    JsonObject toJson() {
      return new JsonObject().put("part", part).put("reason", reason);
    }
  }

  Results(JsonObject machine) {
    this.machine = machine;
  }

  JsonObject machine() {
    return machine;
  }

  /** Returns the calls per second of the bare loop, over all its measurements; NaN without. */
  double floor() {
    return floors.stream().mapToDouble(Sample::perSecond).average().orElse(Double.NaN);
  }

  JsonObject toJson() {
    JsonObject floor = new JsonObject().put("measurements", floors.size());
    Figures.put(floor, "callsPerSecond", floor());
    Figures.put(floor, "p50Micros", Median.of(floors, Sample::p50Micros));
    Figures.put(floor, "p99Micros", Median.of(floors, Sample::p99Micros));
    JsonObject json =
        new JsonObject()
            .put("machine", machine)
            .put("floor", floor)
            .put("calls", array(calls.stream().map(CallRow::toJson).toList()))
            .put("large", array(large.stream().map(Large::toJson).toList()))
            .put("starts", array(starts.stream().map(Start::toJson).toList()))
            .put("recovery", array(recoveries.stream().map(Recovery::toJson).toList()))
            .put("memory", array(memory.stream().map(Memory::toJson).toList()))
            .put("hostKill", array(hostKills.stream().map(HostKill::toJson).toList()))
            .put("hang", array(hangs.stream().map(Hang::toJson).toList()))
            .put("idle", array(idles.stream().map(Idle::toJson).toList()))
            .put("queue", array(queues.stream().map(Results::toJson).toList()))
            .put("figures", array(figures.stream().map(Figure::toJson).toList()))
            .put("serve", array(serves.stream().map(Serve::toJson).toList()))
            .put("peers", array(peers.stream().map(Peer::toJson).toList()))
            .put("bounds", array(Bounds.check(this).stream().map(Bounds.Verdict::toJson).toList()))
            .put("notMeasured", array(failures.stream().map(Failure::toJson).toList()));
    Figures.put(json, "httpGeneratorCpuMicros", httpGeneratorMicros);
    Figures.put(json, "othersShareOfCpu", othersShare);
    return json;
  }

  private static JsonArray array(List<JsonObject> objects) {
    return new JsonArray(List.copyOf(objects));
  }
}
