package io.snakepit.diagnostics;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.diagnostics.PoolAdvice.Verdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PoolAdviceTest {
  private static PoolAdvice advice(PoolWatched watched) {
    return PoolAdvice.of(watched.use());
  }

  private static String reasons(PoolAdvice advice) {
    return String.join("\n", advice.reasons());
  }

  @Test
  void withoutTrafficItSaysSoInsteadOfGuessing() {
    PoolAdvice advice = advice(new PoolWatched());

    assertThat(advice.verdict()).isEqualTo(Verdict.NO_TRAFFIC);
    assertThat(advice.size()).isNull();
    assertThat(reasons(advice)).contains("no call in 5.0 s");
  }

  /** More load would tell no more about a pool that refuses its calls. */
  @ParameterizedTest
  @ValueSource(strings = {"failed", "open", "drained"})
  void aPoolThatTakesNoCallsIsToldSoWithTheReason(String state) {
    PoolAdvice advice =
        advice(
            new PoolWatched()
                .state(state, "no module named nope\nTraceback")
                .outcome("POOL_UNAVAILABLE", 20));

    assertThat(advice.verdict()).isEqualTo(Verdict.NOT_SERVING);
    assertThat(advice.size()).isNull();
    assertThat(advice.reasons())
        .containsExactly("it is %s and takes no calls: no module named nope".formatted(state));
  }

  /** 75 % in use: no call waits, and yet one worker more is recommended. */
  @Test
  void aPoolThatIsBusierThanItShouldBeIsTight() {
    PoolAdvice advice =
        advice(new PoolWatched().profile("async").size(1, 8).busy(1, 6, 0).outcome("OK", 30));

    assertThat(advice.verdict()).isEqualTo(Verdict.TIGHT);
    assertThat(advice.size()).isEqualTo(2);
  }

  @Test
  void callsThatAreSentAgainAndAgainAreNotTakenForSoManyCallers() {
    PoolAdvice advice =
        advice(new PoolWatched().busy(2, 2, 0).outcome("OK", 20).outcome("POOL_SATURATED", 700));

    assertThat(reasons(advice)).contains("counts each time it is sent");
  }

  @Test
  void callsThatDoNotEndTellNothingOfTheSize() {
    PoolAdvice advice = advice(new PoolWatched().busy(1, 1, 0));

    assertThat(advice.verdict()).isEqualTo(Verdict.UNTOLD);
    assertThat(reasons(advice)).contains("--seconds");
  }

  @Test
  void callsThatDoNotEndWhileOthersWaitAreTooManyAllTheSame() {
    PoolAdvice advice = advice(new PoolWatched().busy(2, 2, 4));

    assertThat(advice.verdict()).isEqualTo(Verdict.TOO_SMALL);
    assertThat(advice.size()).isNull();
  }

  /** Arrival rate x run time / 0.7: calls a second, in ms, workers. */
  @ParameterizedTest
  @CsvSource({
    "20, 1, 50, 2, FITS",
    "10, 1, 100, 2, FITS",
    "10, 2, 200, 3, FITS",
    "40, 7, 175, 10, FITS",
    "1, 1, 1000, 2, FITS",
  })
  void theSizeFollowsFromLittlesLaw(
      double rate, int running, double runMs, int size, Verdict verdict) {
    PoolAdvice advice =
        advice(new PoolWatched().size(size, 1).busy(running, running, 0).outcome("OK", rate));

    assertThat(advice.size()).isEqualTo(size);
    assertThat(advice.verdict()).isEqualTo(verdict);
    assertThat(reasons(advice)).contains("of %.1f ms each".formatted(runMs));
  }

  @Test
  void aPoolThatIsTwiceTooLargeIsToldSo() {
    PoolAdvice advice = advice(new PoolWatched().size(10, 1).busy(1, 1, 0).outcome("OK", 10));

    assertThat(advice.verdict()).isEqualTo(Verdict.TOO_LARGE);
    assertThat(advice.size()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"POOL_SATURATED", "QUEUE_TIMEOUT", "WORKER_BUSY"})
  void refusalsSayThatItIsTooSmall(String outcome) {
    PoolAdvice advice =
        advice(new PoolWatched().busy(1, 1, 0).outcome("OK", 10).outcome(outcome, 4));

    assertThat(advice.verdict()).isEqualTo(Verdict.TOO_SMALL);
    assertThat(reasons(advice)).contains("20 calls were");
  }

  @Test
  void aQueueThatStandsSaysThatItIsTooSmall() {
    PoolAdvice advice = advice(new PoolWatched().size(3, 1).busy(2, 2, 5).outcome("OK", 10));

    assertThat(advice.verdict()).isEqualTo(Verdict.TOO_SMALL);
    assertThat(reasons(advice))
        .contains("waiting most of the time: up to 5", "up to 7 calls were there");
  }

  @Test
  void aFullPoolIsTooSmall() {
    PoolAdvice advice = advice(new PoolWatched().busy(2, 2, 0).outcome("OK", 20));

    assertThat(advice.verdict()).isEqualTo(Verdict.TOO_SMALL);
    assertThat(advice.size()).isEqualTo(3);
  }

  @Test
  void refusedCallsNeedWorkersToo() {
    PoolWatched watched = new PoolWatched().busy(2, 2, 0).outcome("OK", 20);
    int without = advice(watched).size();

    assertThat(advice(watched.outcome("POOL_SATURATED", 40)).size()).isGreaterThan(2 * without);
  }

  @Test
  void workersThatComputeKeepToThemselves() {
    PoolAdvice advice =
        advice(new PoolWatched().busy(1, 1, 0).outcome("OK", 10).cpuMsPerSecond(950));

    assertThat(advice.profile()).isEqualTo("process");
    assertThat(reasons(advice)).contains("computes 95 % of the time", "diagnose scaling");
  }

  /** 10 % of a processor each: seven of them at a time leave it some air. */
  @Test
  void workersThatWaitCarrySeveralCalls() {
    PoolAdvice advice =
        advice(
            new PoolWatched().size(12, 1).busy(7, 7, 0).outcome("OK", 70).cpuMsPerSecond(700.01));

    assertThat(advice.profile()).isEqualTo("async or thread");
    assertThat(advice.concurrency()).isEqualTo(6);
    assertThat(advice.size()).isEqualTo(2);
    assertThat(reasons(advice)).contains("mostly waits", "profile process", "size 10");
  }

  @Test
  void workersThatDoBothStayAsTheyAre() {
    PoolAdvice advice =
        advice(
            new PoolWatched()
                .profile("thread")
                .size(2, 4)
                .busy(2, 4, 0)
                .outcome("OK", 40)
                .cpuMsPerSecond(900));

    assertThat(advice.profile()).isEqualTo("thread");
    assertThat(advice.concurrency()).isEqualTo(4);
    assertThat(advice.size()).isEqualTo(2);
  }

  /** 40 calls a second of 24 ms processor time: 0.96 processors, 2 workers at 70 %. */
  @Test
  void computingInAWorkerThatIsSharedIsBetterDoneInSeveral() {
    PoolAdvice advice =
        advice(
            new PoolWatched()
                .profile("async")
                .size(1, 8)
                .busy(1, 6, 0)
                .outcome("OK", 40)
                .cpuMsPerSecond(960));

    assertThat(advice.profile()).isEqualTo("process");
    assertThat(advice.concurrency()).isEqualTo(1);
    assertThat(advice.size()).isEqualTo(2);
  }

  @Test
  void aServerThatTellsNoProcessorTimeLeavesTheProfile() {
    PoolAdvice advice =
        advice(new PoolWatched().profile("process").busy(1, 1, 0).outcome("OK", 10));

    assertThat(advice.profile()).isEqualTo("process");
    assertThat(reasons(advice)).contains("tells no processor time");
  }

  @Test
  void jsonHasTheVerdictInLowerCase() {
    assertThat(advice(new PoolWatched()).toJson().getString("verdict")).isEqualTo("no_traffic");
  }
}
