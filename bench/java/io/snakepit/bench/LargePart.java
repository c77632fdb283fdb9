package io.snakepit.bench;

import java.time.Duration;
import java.util.List;

/** Measures 1 MB of JSON and of bytes, and 64 MiB, through HTTP: one worker, one call in flight. */
final class LargePart implements Part.Measurement {
  private static final List<Payloads> SIZES =
      List.of(Payloads.LARGE_BYTES, Payloads.LARGE_JSON, Payloads.HUGE_BYTES);

  @Override
  public void run(Bed bed, Results results) {
    Duration time = bed.plan().large();
    try (BenchHost host = BenchHost.start(bed, 1, StartMethods.FORKSERVER)) {
      for (Payloads payload : SIZES) {
        bed.say("large: " + payload.title());
        LoadSource source = bed.http().to(host.httpPort(), payload);
        source.run(1, time.dividedBy(2));
        results.large.add(new Results.Large(payload, source.run(1, time)));
      }
    }
  }
}
