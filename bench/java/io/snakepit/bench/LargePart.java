package io.snakepit.bench;

import java.time.Duration;

/** 1 MB of JSON and of bytes through HTTP: one worker, one call in flight. */
final class LargePart implements Part.Measurement {
  @Override
  public void run(Bed bed, Results results) {
    Duration time = bed.plan().large();
    try (BenchHost host = BenchHost.start(bed, 1, StartMethods.FORKSERVER)) {
      for (Payloads payload : new Payloads[] {Payloads.LARGE_BYTES, Payloads.LARGE_JSON}) {
        bed.say("large: " + (payload == Payloads.LARGE_JSON ? "1 MB of JSON" : "1 MB of bytes"));
        LoadSource source = bed.http().to(host.httpPort(), payload);
        source.run(1, time.dividedBy(2));
        results.large.add(new Results.Large(payload, source.run(1, time)));
      }
    }
  }
}
