package io.snakepit.bench;

import io.snakepit.api.Event;
import io.snakepit.process.Signals;

/** Stops a worker as a hang would, and waits until it counts as hung, at the default settings. */
final class HangPart implements Part.Measurement {
  private static final int SIGSTOP = 19;

  @Override
  public void run(Bed bed, Results results) {
    bed.say("hang: a stopped worker, default heartbeat");
    try (BenchHost host = BenchHost.start(bed, 1, StartMethods.FORKSERVER)) {
      WorkerEvents events = new WorkerEvents(host.vertx());
      host.call();
      long stopped = System.nanoTime();
      Signals.send(host.pids().get(0), SIGSTOP);
      long found = events.next(Event.HEARTBEAT_TIMEOUT).nanos();
      long ready = events.next(Event.WORKER_READY).nanos();
      results.hangs.add(new Results.Hang((found - stopped) / 1e6, (ready - stopped) / 1e6));
    }
  }
}
