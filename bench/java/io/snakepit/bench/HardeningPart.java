package io.snakepit.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Measures what hostile clients do to everybody else: bodies and answers that wait in a host with
 * little heap, and requests that are meant to hurt.
 */
final class HardeningPart implements Part.Measurement {
  static final String LIVE = "/health/live beside bodies and answers that wait, -Xmx256m, longest";
  static final String COLD =
      "the same in the first seconds of a host that has answered nothing yet";
  static final String OTHERS = "calls of another pool that succeed meanwhile";
  static final String HEAP = "growth of the heap, once they have gone";
  static final String TOKENS = "longest ping beside 56 MB of small tokens";
  static final String NORMAL = "normal calls that fail beside hostile requests";
  static final String WORKERS = "workers that end meanwhile";
  static final String KEEPER =
      "keeper and host killed together, 8 hostile workers, until all is gone, longest";

  private static final int CLIENTS = 64;
  private static final int BODY = 60_000_000;
  private static final int ANSWER = 50_000_000;
  private static final int TOKENS_BYTES = 56_000_000;
  private static final int AFTERWARDS_MS = 12_000;
  private static final int WARM_UP_LOOKS = 200;
  private static final Duration FIRST_SECONDS = Duration.ofSeconds(5);
  private static final double MIB = 1024.0 * 1024;
  private static final String LARGE = "/v1/pools/default/tools/large";
  private static final String SLOW = "/v1/pools/default/tools/slow_body";
  private static final String OTHER = "/v1/pools/other/tools/ping";

  @Override
  public void run(Bed bed, Results results) {
    Duration time = bed.plan().streams().slow();
    int repeats = Math.max(1, bed.plan().streams().chunks() / 200);
    try (HardeningHost host = new HardeningHost(bed, List.of("-Xmx256m"))) {
      bed.say("hardening: bodies and answers that wait, for %d s".formatted(time.toSeconds()));
      waiting(host, time, results);
    }
    try (HardeningHost host = new HardeningHost(bed, List.of("-Xmx256m"))) {
      bed.say("hardening: the same, at a host that has answered nothing yet");
      Probe live = live(host);
      storm(host, time.compareTo(FIRST_SECONDS) < 0 ? time : FIRST_SECONDS, live);
      results.add(COLD, "ms", live.longestMillis());
    }
    try (HardeningHost host = new HardeningHost(bed, List.of())) {
      bed.say("hardening: small tokens");
      results.add(TOKENS, "ms", besideTokens(host));
      Map<String, String> hostile = HostileRequests.all();
      bed.say("hardening: %d hostile requests, %d times".formatted(hostile.size(), repeats));
      besideHostile(host, hostile, repeats, results);
    }
    results.add(KEEPER, "ms", keeperAndHostKilled(bed));
  }

  private static void waiting(HardeningHost host, Duration time, Results results) {
    Probe live = live(host);
    Probe calls = new Probe(host.port, HostileClient.post(OTHER, "application/json", 0));
    try (Crowd crowd = new Crowd()) {
      for (int i = 0; i < WARM_UP_LOOKS; i++) {
        crowd.once(live::look);
        crowd.once(calls::look);
      }
    }
    live.forget();
    calls.forget();
    double before = host.heap();
    storm(host, time, live, calls);
    results.add(LIVE, "ms", live.longestMillis());
    results.add(OTHERS, "%", calls.percentOk());
    // What they have left waits for as long as the queue lets it.
    Pause.millis(Math.min(AFTERWARDS_MS, time.toMillis()));
    results.add(HEAP, "MiB", Math.max(0, host.heap() - before) / MIB);
  }

  /** Has hostile clients at the host for that time, and each probe looking meanwhile. */
  private static void storm(HardeningHost host, Duration time, Probe... probes) {
    try (Crowd crowd = new Crowd()) {
      for (int i = 0; i < CLIENTS; i++) {
        crowd.repeat(() -> sendBody(host.port));
        crowd.repeat(() -> leaveAnswer(host.port, crowd));
      }
      for (Probe probe : probes) {
        crowd.repeat(probe::look);
      }
      Pause.millis(time.toMillis());
    }
  }

  private static Probe live(HardeningHost host) {
    return new Probe(host.port, "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n");
  }

  private static void sendBody(int port) throws IOException {
    try (HostileClient client = new HostileClient(port)) {
      client.send(HostileClient.post(SLOW, "application/octet-stream", BODY));
      client.sendBody(BODY);
      client.status();
    }
    Pause.millis(1_000); // as Retry-After wants it
  }

  private static void leaveAnswer(int port, Crowd crowd) throws IOException {
    String args = "{\"size\":" + ANSWER + "}";
    try (HostileClient client = new HostileClient(port)) {
      client.send(HostileClient.post(LARGE, "application/json", args.length()) + args);
      for (int waited = 0; waited < 15_000 && !crowd.isOver(); waited += 100) {
        Pause.millis(100);
      }
    }
  }

  private static double besideTokens(HardeningHost host) {
    String args = "{\"tool\":\"ping\",\"args\":{\"a\":[" + "0,".repeat(TOKENS_BYTES / 2) + "0]}}";
    byte[] body = args.getBytes(UTF_8);
    String head = HostileClient.post("/v1/execute", "application/json", body.length);
    Probe ping = new Probe(host.port, HostileClient.post(OTHER, "application/json", 0));
    try (Crowd crowd = new Crowd()) {
      for (int i = 0; i < 100; i++) {
        crowd.once(ping::look);
      }
      ping.forget();
      AtomicBoolean sent = new AtomicBoolean();
      crowd.repeat(ping::look);
      crowd.once(
          () -> {
            try (HostileClient client = new HostileClient(host.port)) {
              client.send(head);
              client.send(body);
              client.status();
              sent.set(true);
            }
          });
      if (!sent.get()) {
        throw new IllegalStateException("the tokens were not answered");
      }
    }
    return ping.longestMillis();
  }

  private static void besideHostile(
      HardeningHost host, Map<String, String> hostile, int repeats, Results results) {
    long ended = host.restarts();
    Probe first = new Probe(host.port, echo("default"));
    Probe other = new Probe(host.port, HostileClient.post(OTHER, "application/json", 0));
    try (Crowd crowd = new Crowd()) {
      crowd.repeat(first::look);
      crowd.repeat(other::look);
      hostile.values().parallelStream()
          .forEach(request -> sendHostile(host.port, request, repeats));
    }
    results.add(NORMAL, "", (double) (first.failures() + other.failures()));
    results.add(WORKERS, "", (double) (host.restarts() - ended));
  }

  private static double keeperAndHostKilled(Bed bed) {
    int rounds = bed.plan().kills().keepers();
    bed.say("hardening: keeper and host killed together, %d times".formatted(rounds));
    double longest = 0;
    for (int i = 0; i < rounds; i++) {
      String method = StartMethods.ALL.get(i % StartMethods.ALL.size());
      HostEnd end =
          HostEnd.measure(
              bed,
              HostEnd.HOSTILE_WORKERS,
              method,
              HostEnd.HOSTILE,
              HostEnd.Victims.KEEPER_AND_HOST);
      longest = Math.max(longest, end.millis());
    }
    return longest;
  }

  private static String echo(String pool) {
    String args = "{\"n\":1}";
    return HostileClient.post(
            "/v1/pools/" + pool + "/tools/single", "application/json", args.length())
        + args;
  }

  /** Sends what is hostile and goes; what the host says to it is tested elsewhere. */
  private static void sendHostile(int port, String request, int repeats) {
    for (int i = 0; i < repeats; i++) {
      try (HostileClient client = new HostileClient(port)) {
        client.send(request);
        if (HostileRequests.isAnswered(request)) {
          client.status();
        }
      } catch (IOException refused) {
        // It may: the host need not read all of it.
      }
    }
  }
}
