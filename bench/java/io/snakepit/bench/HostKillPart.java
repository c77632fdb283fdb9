package io.snakepit.bench;

import io.snakepit.bench.HostEnd.Victims;
import java.util.ArrayList;
import java.util.List;

/** Kills a host, with its workers idle or resisting, and waits until nothing of it is left. */
final class HostKillPart implements Part.Measurement {
  @Override
  public void run(Bed bed, Results results) {
    int workers = bed.plan().kills().orphans();
    results.hostKills.add(measure(bed, workers, StartMethods.FORKSERVER, List.of()));
    for (String method : StartMethods.ALL) {
      results.hostKills.add(measure(bed, HostEnd.HOSTILE_WORKERS, method, HostEnd.HOSTILE));
    }
  }

  private static Results.HostKill measure(
      Bed bed, int workers, String method, List<String> hostile) {
    List<Double> millis = new ArrayList<>();
    int processes = 0;
    for (int i = 1; i <= bed.plan().kills().hosts(); i++) {
      bed.say(
          "host-kill: %d of %d, %d %s workers, %s"
              .formatted(
                  i,
                  bed.plan().kills().hosts(),
                  workers,
                  hostile.isEmpty() ? "idle" : "hostile",
                  method));
      HostEnd end = HostEnd.measure(bed, workers, method, hostile, Victims.HOST);
      processes = end.processes();
      millis.add(end.millis());
    }
    return new Results.HostKill(workers, method, !hostile.isEmpty(), processes, Median.of(millis));
  }
}
