package io.snakepit.bench;

import io.snakepit.api.Event;
import io.snakepit.process.Signals;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Kills the only worker of a pool, again and again, and waits for the next one. */
final class RecoveryPart implements Part.Measurement {
  private static final Duration ONE_CALL = Duration.ofMillis(1);

  @Override
  public void run(Bed bed, Results results) {
    for (String method : StartMethods.ALL) {
      bed.say("recovery: %d kills, %s".formatted(bed.plan().kills().workers(), method));
      try (BenchHost host = BenchHost.start(bed, 1, method)) {
        results.recoveries.add(measure(host, method, bed.plan().kills().workers()));
      }
    }
  }

  private static Results.Recovery measure(BenchHost host, String method, int kills) {
    WorkerEvents events = new WorkerEvents(host.vertx());
    LoadSource calls = host.onPoolLoop();
    List<Double> recovery = new ArrayList<>();
    List<Double> start = new ArrayList<>();
    for (int i = 0; i < kills; i++) {
      calls.run(1, ONE_CALL);
      long pid = host.pids().get(0);
      events.clear();
      long killed = System.nanoTime();
      Signals.send(pid, Signals.KILL);
      long ordered = events.next(Event.WORKER_STARTING).nanos();
      long ready = events.next(Event.WORKER_READY).nanos();
      host.call();
      recovery.add((System.nanoTime() - killed) / 1e6);
      start.add((ready - ordered) / 1e6);
    }
    return new Results.Recovery(method, Median.of(recovery), Median.of(start));
  }
}
