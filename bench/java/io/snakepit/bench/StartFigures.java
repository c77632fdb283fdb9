package io.snakepit.bench;

import io.snakepit.api.Call;
import io.snakepit.bus.Addresses;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** How fast workers come up and come back, and what they weigh. */
final class StartFigures {
  static final String FORKED_READY = "a forked worker, from request to ready, median";
  static final String WORKER_MEMORY = "private dirty memory of an idle forked worker, median";
  static final String RECOVERY = "worker kill -9 until its replacement answers, median";
  static final String HOST_MEMORY = "resident memory of this host, benchmark included";

  private static final int ROUNDS = 15;
  private static final double NANOS_PER_MS = 1e6;

  private final Vertx vertx;
  private final Path data;
  private final String python;
  private final Report report;

  StartFigures(Vertx vertx, Path data, String python, Report report) {
    this.vertx = vertx;
    this.data = data;
    this.python = python;
    this.report = report;
  }

  /** The name of the figure for a start of that many. */
  static String start(int workers, String method) {
    return "%d workers ready after the host is up, %s".formatted(workers, method);
  }

  /** Starts that many at once. */
  void measureStart(int workers, String method) {
    try (Subject subject = Subject.start(vertx, data, python, workers, method)) {
      report.add(start(workers, method), subject.startMillis(), "ms");
    }
  }

  /** Kills the only worker again and again, and sees how soon another one answers. */
  void measureRecovery() throws InterruptedException {
    List<Double> readyMillis = new ArrayList<>();
    List<Double> answerMillis = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      // A pool for each round: a further crash within the window would wait on purpose.
      try (Subject subject = Subject.start(vertx, data, python, 1, "forkserver")) {
        recover(subject, readyMillis, answerMillis);
      }
    }
    report.add(FORKED_READY, median(readyMillis), "ms");
    report.add(RECOVERY, median(answerMillis), "ms");
  }

  private void recover(Subject subject, List<Double> readyMillis, List<Double> answerMillis)
      throws InterruptedException {
    Map<String, Long> seen = new ConcurrentHashMap<>();
    CountDownLatch ready = new CountDownLatch(1);
    MessageConsumer<JsonObject> events = vertx.eventBus().consumer(Addresses.EVENTS);
    events.handler(
        message -> {
          String event = message.body().getString("event");
          seen.putIfAbsent(event, System.nanoTime());
          if (event.equals("worker.ready")) {
            ready.countDown();
          }
        });
    Waiting.on(events.completion());
    long pid = subject.pids().get(0);
    long killed = System.nanoTime();
    ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    awaitReady(ready);
    Waiting.on(subject.snakepit().execute(Call.of("ping")));
    answerMillis.add((System.nanoTime() - killed) / NANOS_PER_MS);
    readyMillis.add(
        (seen.getOrDefault("worker.ready", 0L) - seen.getOrDefault("worker.starting", 0L))
            / NANOS_PER_MS);
    Waiting.on(events.unregister());
  }

  private static void awaitReady(CountDownLatch ready) throws InterruptedException {
    if (!ready.await(30, TimeUnit.SECONDS)) {
      throw new IllegalStateException("no replacement within 30 s");
    }
  }

  /** Weighs idle workers that share a fork server, and this process. */
  void measureMemory() {
    try (Subject subject = Subject.start(vertx, data, python, 8, "forkserver")) {
      List<Double> kib =
          subject.pids().stream().map(pid -> (double) ProcessFigures.privateDirtyKib(pid)).toList();
      report.add(WORKER_MEMORY, median(kib), "KiB");
      report.add(
          HOST_MEMORY, ProcessFigures.residentKib(ProcessHandle.current().pid()) / 1024.0, "MiB");
    }
  }

  static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }
}
