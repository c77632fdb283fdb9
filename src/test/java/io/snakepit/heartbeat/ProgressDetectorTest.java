package io.snakepit.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.snakepit.bus.Pulse;
import io.snakepit.config.SnakepitOptions;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Both detectors together, at the defaults: one worker, that answers nothing from the start on. */
class ProgressDetectorTest {
  private static final long INTERVAL = 2_000;
  private static final long PATIENCE = 8_000;
  private static final long OBSERVED = 100;
  private static final int TICK = 10;

  private final ProgressDetector progress = new ProgressDetector();
  private FailureDetector failures = detector(3);
  private final List<String> told = new ArrayList<>();

  /** Parts of a core that its threads get. */
  private final Map<Long, Double> shares = new HashMap<>(Map.of(1L, 0.0));

  private final Map<Long, Double> used = new HashMap<>();
  private boolean inTime = true;
  private boolean readable = true;
  private boolean answers;
  private long sent = 1;
  private long answered = 1;
  private long now = ns(-7_000);
  private long nextLook = now;
  private final long begun = now;

  private static FailureDetector detector(int maxMissed) {
    return new FailureDetector(ns(INTERVAL), ns(10_000), maxMissed);
  }

  private static long ns(long ms) {
    return TimeUnit.MILLISECONDS.toNanos(ms);
  }

  private void passes(long ms) {
    long end = now + ns(ms);
    while (nextLook - end <= 0) {
      goesOn(nextLook - now);
      look();
    }
    goesOn(Math.max(0, end - now));
  }

  private void goesOn(long nanos) {
    shares.forEach((thread, share) -> used.merge(thread, share * nanos / 1e6, Double::sum));
    now += nanos;
  }

  private void look() {
    boolean ping = failures.pingsAt(now);
    Pulse pulse = new Pulse("a", sent, answered, begun, 7, inTime);
    long asked = now;
    if (!progress.silent(List.of(pulse)).isEmpty()) {
      boolean twice = progress.isUnknown("a");
      progress.observe("a", ticks(), now);
      if (twice) {
        goesOn(ns(OBSERVED));
        progress.observe("a", ticks(), now);
      }
    }
    failures
        .look(progress.judged(List.of(pulse)), ping, asked)
        .forEach(v -> told.add((asked - begun) / 1_000_000 + " " + v.kind()));
    nextLook = failures.nextLook();
    sent += ping ? 1 : 0;
    answered = answers ? sent : answered;
  }

  /** Returns the times as the kernel shows them, in whole ticks. */
  private Map<Long, Long> ticks() {
    return readable
        ? used.entrySet().stream()
            .collect(
                Collectors.toMap(
                    Map.Entry::getKey, thread -> thread.getValue().longValue() / TICK * TICK))
        : Map.of();
  }

  private void waitersForTheLock(int threads, double shareOfEach) {
    IntStream.rangeClosed(2, threads + 1).forEach(id -> shares.put((long) id, shareOfEach));
  }

  private void isFoundWithin(long ms) {
    told.clear();
    passes(ms);
    assertThat(told).anyMatch(t -> t.endsWith("TIMEOUT"));
  }

  @Test
  void oneThatComputesIsAlive() {
    shares.put(1L, 1.0);
    passes(600_000);
    assertThat(told).isEmpty();
  }

  /** Fails if what is needed is more than a worker gets where fifty share two cores. */
  @Test
  void oneThatComputesOnACrowdedMachineIsAlive() {
    shares.put(1L, 0.04);
    waitersForTheLock(10, 0.002);
    passes(600_000);
    assertThat(told).noneMatch(t -> t.endsWith("TIMEOUT")).hasSizeLessThan(3);
  }

  /** Fails if a thread that has begun since counts for nothing: OpenMP makes such. */
  @Test
  void oneThatComputesOnFreshThreadsIsAlive() {
    passes(4_000);
    for (long thread = 100; thread < 130; thread++) {
      shares.put(thread, 1.0);
      passes(1_500);
      shares.remove(thread);
      used.remove(thread);
    }
    assertThat(told).noneMatch(t -> t.endsWith("TIMEOUT"));
  }

  @Test
  void oneThatWaitsIsFoundAsEver() {
    passes(PATIENCE - 1);
    assertThat(told).containsExactly("2000 MISSED", "4000 MISSED", "6000 MISSED", "6000 TIMEOUT");
  }

  /** Fails if the threads that wait for the lock are counted together. */
  @Test
  void oneThatWaitsIsFoundHoweverManyThreadsWaitForItsLock() {
    waitersForTheLock(500, 0.003);
    isFoundWithin(PATIENCE);
  }

  /** Fails if any tick counts: a loop in C that looks for something ten times a second. */
  @Test
  void oneThatWaitsAndWakesUpNowAndThenIsFound() {
    shares.put(1L, 0.001);
    isFoundWithin(PATIENCE);
  }

  @Test
  void oneThatIsStoppedAfterComputingIsFoundInTheUsualTime() {
    for (long computed = 0; computed < INTERVAL; computed += 50) {
      shares.put(1L, 1.0);
      passes(20_000 + computed);
      shares.put(1L, 0.0);
      isFoundWithin(PATIENCE);
    }
  }

  /** Fails if it has lost all patience at once, since it has answered nothing for so long. */
  @Test
  void oneThatComputesWithPausesIsAlive() {
    for (int pause = 0; pause < 10; pause++) {
      shares.put(1L, 1.0);
      passes(20_000);
      shares.put(1L, 0.0);
      passes(3_500);
    }
    assertThat(told).noneMatch(t -> t.endsWith("TIMEOUT"));
  }

  /** Fails if a tick counts, which may be the last moment of ten milliseconds. */
  /** Fails if two milliseconds without a tick of the kernel's clock count as standing still. */
  @Test
  void aLookRightAfterAnotherTellsNothingNew() {
    Pulse pulse = new Pulse("a", 2, 1, 0, 7, true);
    progress.silent(List.of(pulse));
    progress.observe("a", Map.of(1L, 500L), 0);
    progress.observe("a", Map.of(1L, 600L), ns(OBSERVED));
    progress.observe("a", Map.of(1L, 600L), ns(OBSERVED + 2));
    assertThat(progress.judged(List.of(pulse)).get(0).isUnanswered()).isFalse();
    progress.observe("a", Map.of(1L, 600L), ns(2 * OBSERVED));
    assertThat(progress.judged(List.of(pulse)).get(0).isUnanswered()).isTrue();
  }

  @Test
  void oneTickOfTheKernelsClockIsNoProgress() {
    Pulse silent = new Pulse("a", 2, 1, 0, 7, true);
    progress.silent(List.of(silent));
    progress.observe("a", Map.of(1L, 500L), 0);
    progress.observe("a", Map.of(1L, 510L), ns(OBSERVED));
    assertThat(progress.judged(List.of(silent))).allMatch(Pulse::isUnanswered);
    progress.observe("a", Map.of(1L, 520L), ns(2 * OBSERVED));
    assertThat(progress.judged(List.of(silent))).noneMatch(Pulse::isUnanswered);
  }

  @Test
  void oneWithoutACallIsFoundThoughItComputes() {
    shares.put(1L, 1.0);
    inTime = false;
    isFoundWithin(PATIENCE);
  }

  @Test
  void oneWhoseCallIsOverTimeIsFoundThoughItComputes() {
    shares.put(1L, 1.0);
    passes(22_000);
    inTime = false;
    isFoundWithin(PATIENCE);
  }

  @Test
  void whereNothingCanBeReadOneIsFoundAsEver() {
    shares.put(1L, 1.0);
    readable = false;
    isFoundWithin(PATIENCE);
  }

  /** Fails if a worker is first observed when it is too late: one look is no progress. */
  @Test
  void oneIsObservedTwiceBeforeItIsJudged() {
    failures = detector(1);
    shares.put(1L, 1.0);
    passes(60_000);
    assertThat(told).isEmpty();
  }

  /** Fails if a worker may be given so little that it would be killed for computing. */
  @Test
  void oneCannotBeLimitedToLittleMoreThanHasToBeUsed() {
    JsonObject limits = new JsonObject().put("cpus", 2 * ProgressDetector.LEAST_SHARE);
    JsonObject pools = new JsonObject().put("p", new JsonObject().put("limits", limits));
    assertThatThrownBy(() -> SnakepitOptions.fromJson(new JsonObject().put("pools", pools)))
        .hasMessageContaining("pools.p.limits.cpus must be 0, or a number between 0.05 and 4096");
  }

  @Test
  void itsComputingIsToldAsSuch() {
    passes(3_000);
    shares.put(1L, 1.0);
    passes(2_000);
    assertThat(told).containsExactly("2000 MISSED", "4000 RECOVERED");
    assertThat(progress.reason(new Verdict(Verdict.Kind.RECOVERED, "a", "answers")))
        .isEqualTo("answers no heartbeats, but computes in a call whose time is not over");
    answers = true;
    passes(4_000);
    assertThat(progress.reason(new Verdict(Verdict.Kind.RECOVERED, "a", "answers")))
        .isEqualTo("answers");
    assertThat(progress.isUnknown("a")).isTrue();
  }
}
