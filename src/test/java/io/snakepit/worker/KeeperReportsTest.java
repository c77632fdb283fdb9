package io.snakepit.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.process.Exit;
import io.snakepit.process.OutputLine;
import io.snakepit.process.PythonFailure;
import io.snakepit.testing.ManualTimers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests of reports that reach a worker, and of those that come when it is gone. */
class KeeperReportsTest {
  private static final String ID = "main-1";

  private final ManualTimers timers = new ManualTimers();
  private final RecordedHome home = new RecordedHome();
  private final Worker worker = new Worker(ID, timers.vertx(), home, home.listener());
  private final Map<String, Worker> workers = new HashMap<>(Map.of(ID, worker));
  private final List<String> notices = new ArrayList<>();
  private final KeeperReports reports =
      new KeeperReports("main", workers::get, new Notices(), notices::add);

  /** Writes down what it hears. */
  private final class Notices implements NurseryListener {
    @Override
    public void spawnFallback(List<String> reasons) {
      notices.addAll(reasons);
    }

    @Override
    public void forkNotice(List<String> told) {
      notices.addAll(told);
    }
  }

  @BeforeEach
  void order() {
    worker.ordered(1_000);
  }

  private static OutputLine stderr(String text) {
    return new OutputLine(OutputLine.Source.STDERR, text, 0);
  }

  @Test
  void reachTheWorkerTheyAreAbout() {
    reports.started(ID, 4711, 99);
    assertThat(home.taken()).containsExactly("on record as 4711/99");
    reports.line(ID, stderr("a fault"));
    reports.exited(ID, new Exit.Signal(11));
    assertThat(home.taken())
        .containsExactly(
            "forget", "ended: was killed by signal 11 (SIGSEGV); its last words:\na fault");
  }

  @Test
  void aFailedStartIsTheWorkersEnd() {
    reports.startFailed(ID, new PythonFailure("", "no room for another process", ""));
    assertThat(home.taken())
        .containsExactly("forget", "ended: could not be started: no room for another process");
  }

  @Test
  void aFailedStartThatPythonTellsNamesTheAdapter() {
    reports.startFailed(ID, new PythonFailure("OSError", "no", ""));
    assertThat(home.taken())
        .containsExactly("forget", "ended: pools.main.adapter could not be started: OSError: no");
  }

  /** Fails if a report of a worker that was ended meanwhile throws, or reaches another. */
  @Test
  void thoseOfAWorkerThatIsGoneReachNobody() {
    workers.clear();
    reports.started(ID, 4711, 99);
    reports.startFailed(ID, new PythonFailure("OSError", "no", ""));
    reports.line(ID, stderr("late words"));
    reports.exited(ID, new Exit.Status(1));
    assertThat(home.taken()).isEmpty();
    assertThat(worker.pid()).isZero();
    assertThat(notices).isEmpty();
  }

  @Test
  void whatConcernsThePoolIsHandedOn() {
    reports.fallback(List.of("a thread runs already", "a file is open"));
    reports.forkNotice(List.of("a generator"));
    reports.keeperGone("it ended with signal 9");
    assertThat(notices)
        .containsExactly(
            "a thread runs already", "a file is open", "a generator", "it ended with signal 9");
  }

  @Test
  void moreIsToldInParenthesesWhereThereIsMore() {
    assertThat(KeeperReports.inParentheses("")).isEmpty();
    assertThat(KeeperReports.inParentheses("not delegated")).isEqualTo(" (not delegated)");
  }
}
