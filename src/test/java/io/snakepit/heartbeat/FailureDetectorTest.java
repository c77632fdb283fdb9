package io.snakepit.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.bus.Pulse;
import io.snakepit.heartbeat.Verdict.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FailureDetectorTest {
  private static final long INTERVAL = 2_000;
  private static final long TIMEOUT = 10_000;

  private FailureDetector detector = detector(INTERVAL, TIMEOUT, 3);
  private final Map<String, Long> sent = new LinkedHashMap<>();
  private final Map<String, Long> answered = new LinkedHashMap<>();
  private final Map<String, Long> answeredAt = new LinkedHashMap<>();
  private final List<String> frozen = new ArrayList<>();
  private final List<String> told = new ArrayList<>();
  private long now = ns(-7_000);
  private long nextLook = now;
  private long begun;

  private static FailureDetector detector(long interval, long timeout, int maxMissed) {
    return new FailureDetector(ns(interval), ns(timeout), maxMissed);
  }

  private static long ns(long ms) {
    return TimeUnit.MILLISECONDS.toNanos(ms);
  }

  private void lives(String... workers) {
    begun = now;
    for (String worker : workers) {
      sent.put(worker, 0L);
      answered.put(worker, 0L);
      answeredAt.put(worker, now);
    }
  }

  /** Looks when it is due, until that time has passed; live workers answer at once. */
  private void passes(long ms) {
    long end = now + ns(ms);
    while (nextLook - end <= 0) {
      now = nextLook;
      look();
    }
    now = end;
  }

  private void look() {
    boolean ping = detector.pingsAt(now);
    List<Pulse> pulses =
        sent.keySet().stream()
            .map(w -> new Pulse(w, sent.get(w), answered.get(w), answeredAt.get(w), 7, false))
            .toList();
    detector
        .look(pulses, ping, now)
        .forEach(v -> told.add((now - begun) / 1_000_000 + " " + v.kind() + " " + v.worker()));
    nextLook = detector.nextLook();
    if (ping) {
      sent.replaceAll((worker, sequence) -> sequence + 1);
      sent.keySet().stream().filter(w -> !frozen.contains(w)).forEach(this::answer);
    }
  }

  private void answer(String worker) {
    answered.put(worker, sent.get(worker));
    answeredAt.put(worker, now + 1_000);
  }

  @Test
  void saysNothingOfTheLiving() {
    lives("a", "b");
    passes(60_000);
    assertThat(told).isEmpty();
  }

  /** Fails if pings that a worker has got while it started count against it: it may be busy yet. */
  @Test
  void theFirstLookAccusesNobodyOfPingsFromBefore() {
    lives("a");
    frozen.add("a");
    sent.put("a", 3L);
    look();
    assertThat(told).isEmpty();
    passes(3_000);
    assertThat(told).containsExactly("2000 MISSED a");
  }

  /** Fails if the next look comes at a later worker's time, or the next pings, but not first. */
  @Test
  void theNextLookIsWhenTheFirstWorkersTimeIsUp() {
    detector = detector(2_000, 3_000, 100);
    lives("a", "b", "c");
    answeredAt.put("b", now - ns(1_500));
    answeredAt.put("c", now - ns(1_200));
    sent.replaceAll((worker, none) -> 1L);
    look();
    assertThat(nextLook - now).isEqualTo(ns(1_500));
  }

  /** Fails if one that has answered everything is looked at before the next pings. */
  @Test
  void noLookIsDueForOneThatOwesNoAnswer() {
    detector = detector(2_000, 3_000, 100);
    lives("a");
    answeredAt.put("a", now - ns(1_500));
    look();
    assertThat(nextLook - now).isEqualTo(ns(2_000));
  }

  /** Fails if at the defaults a hung worker is not found within 6 to 8 s (H1). */
  @Test
  void threeMissedInARowAreATimeout() {
    lives("a", "b");
    passes(10_000);
    frozen.add("b");
    told.clear();
    long frozenAt = (now - begun) / 1_000_000;
    passes(9_000);
    assertThat(told)
        .containsExactly("14000 MISSED b", "16000 MISSED b", "18000 MISSED b", "18000 TIMEOUT b");
    assertThat(18_000 - frozenAt).isBetween(6_000L, 8_000L);
  }

  /** Fails if a worker that hangs and is kept is told of only once (H2). */
  @Test
  void tellsAgainOfOneThatIsKept() {
    lives("a");
    frozen.add("a");
    passes(25_000);
    assertThat(told.stream().filter(t -> t.contains(Kind.TIMEOUT.name()))).hasSize(4);
    assertThat(told.stream().filter(t -> t.contains(Kind.MISSED.name()))).hasSize(12);
  }

  @Test
  void tellsOfARecovery() {
    lives("a");
    frozen.add("a");
    passes(5_000);
    frozen.clear();
    answer("a");
    passes(10_000);
    assertThat(told).containsExactly("2000 MISSED a", "4000 MISSED a", "6000 RECOVERED a");
  }

  @Test
  void tellsOfARecoveryAfterATimeoutToo() {
    lives("a");
    frozen.add("a");
    passes(6_500);
    frozen.clear();
    answer("a");
    told.clear();
    passes(10_000);
    assertThat(told).containsExactly("8000 RECOVERED a");
  }

  @Test
  void aSilenceThatIsLongEnoughIsATimeoutWhateverWasMissed() {
    detector = detector(2_000, 3_000, 100);
    lives("a");
    frozen.add("a");
    passes(3_500);
    assertThat(told).containsExactly("2000 MISSED a", "3000 TIMEOUT a");
  }

  @Test
  void anAnswerThatComesLateIsStillASignOfLife() {
    lives("a");
    frozen.add("a");
    for (int beat = 0; beat < 20; beat++) {
      passes(2_000);
      answered.put("a", sent.get("a") - 1);
      answeredAt.put("a", now);
    }
    assertThat(told.stream().filter(t -> t.contains("TIMEOUT"))).isEmpty();
  }

  /**
   * Fails if a host that was stopped, or whose memory was collected, accuses workers of its own
   * silence.
   */
  @Test
  void aLookThatComesLateAccusesNobody() {
    lives("a", "b");
    passes(4_000);
    frozen.add("a");
    now += ns(60_000);
    told.clear();
    look();
    assertThat(told).isEmpty();
    passes(9_000);
    assertThat(told).anyMatch(t -> t.endsWith("TIMEOUT a")).noneMatch(t -> t.endsWith(" b"));
  }

  @Test
  void forgetsWhoIsGone() {
    lives("a");
    frozen.add("a");
    passes(5_000);
    sent.clear();
    passes(2_000);
    told.clear();
    lives("a");
    passes(7_000);
    assertThat(told)
        .containsExactly("3000 MISSED a", "5000 MISSED a", "7000 MISSED a", "7000 TIMEOUT a");
  }
}
