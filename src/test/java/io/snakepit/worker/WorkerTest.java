package io.snakepit.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.Call;
import io.snakepit.api.PythonError;
import io.snakepit.api.WorkerEnd;
import io.snakepit.bridge.DispatchedCall;
import io.snakepit.bridge.LinkEnd;
import io.snakepit.process.OutputLine;
import io.snakepit.testing.ManualTimers;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests of a worker's life, in which orders and reports cross each other at every point. */
class WorkerTest {
  private static final long START_MS = 60_000;
  private static final PythonError NO_MODULE =
      new PythonError("ModuleNotFoundError", "no module x", "");
  private static final String NOT_STARTED =
      "pools.main.adapter could not be started: ModuleNotFoundError: no module x";

  private final ManualTimers timers = new ManualTimers();
  private final RecordedHome home = new RecordedHome();
  private final Worker worker = new Worker("main-1", timers.vertx(), home, home.listener());

  private void starting() {
    worker.ordered(START_MS);
    worker.started(4711, 99);
    home.taken();
  }

  private void ready() {
    starting();
    worker.attached(home.link());
    worker.becomeReady(List.of());
    home.taken();
  }

  private void loseLink(LinkEnd.Cause cause) {
    worker.linkEnded(new LinkEnd(cause, "a frame without end"));
  }

  private void speak() {
    DispatchedCall.Windows windows = DispatchedCall.Windows.NONE;
    Call call = Call.of("tool");
    worker.call(new DispatchedCall(1, "c1", call, 0, 0, windows));
    worker.credit(2, 1, 1);
    worker.part(3, Buffer.buffer("x"), true);
    worker.readOn();
    worker.cancel(4);
  }

  @Test
  void isSpokenToOverItsLink() {
    ready();
    speak();
    assertThat(home.taken()).containsExactly("call", "credit 2", "part 3", "read on", "cancel 4");
  }

  @Test
  void ignoresWhatIsSaidToItBeforeItHasALink() {
    starting();
    speak();
    worker.ping();
    worker.attached(home.link());
    assertThat(home.taken()).isEmpty();
    worker.ping();
    assertThat(home.taken())
        .as("no ping has been counted that was not sent")
        .containsExactly("ping 1");
  }

  @Test
  void isStoppedByAMessageThenByTermThenByKill() {
    ready();
    worker.stop(300);
    assertThat(home.taken()).containsExactly("shutdown");
    timers.fire();
    timers.fire();
    timers.fire();
    timers.fire();
    assertThat(home.taken())
        .containsExactly("signal 15", "signal 9", "kill directly", "replace keeper");
    assertThat(timers.delays()).isEmpty();
    worker.gone("was killed by signal 9");
    assertThat(home.taken()).containsExactly("close", "forget", "ended, asked: stopped");
  }

  /** Fails if a second request begins the escalation anew: it would put off the end for ever. */
  @Test
  void aSecondRequestToStopChangesNothing() {
    ready();
    worker.stop(300);
    timers.fire();
    home.taken();
    worker.stop(300);
    assertThat(home.taken()).isEmpty();
    timers.fire();
    assertThat(home.taken()).containsExactly("signal 9");
  }

  /** Fails if one that is gone is told of twice, or has signals sent after it. */
  @Test
  void anOrderThatComesAfterTheEndDoesNothing() {
    ready();
    worker.gone("ended with status 0");
    assertThat(home.taken()).containsExactly("close", "forget", "ended: ended with status 0");
    worker.stop(300);
    worker.kill("too late");
    worker.breakOff("too late");
    worker.gone("ended with its keeper");
    worker.goneAlong("ended with its keeper");
    loseLink(LinkEnd.Cause.CLOSED);
    worker.ping();
    assertThat(worker.pulse()).isNull();
    assertThat(home.taken()).isEmpty();
    assertThat(timers.delays()).isEmpty();
  }

  @Test
  void oneThatWasNotOrderedYetEndsAtOnce() {
    worker.kill("recycled");
    assertThat(home.taken()).containsExactly("forget", "ended, asked: recycled");
  }

  @Test
  void oneThatWasNotOrderedYetIsNotNeededAnyMoreOnceItIsStopped() {
    worker.stop(300);
    assertThat(home.taken()).containsExactly("forget", "ended, asked: was not needed any more");
  }

  @Test
  void isKilledOnce() {
    ready();
    worker.kill("hangs");
    assertThat(home.taken()).containsExactly("signal 9");
    assertThat(timers.delays()).containsExactly(Escalation.VERIFY_MS);
    worker.kill("hangs still");
    assertThat(home.taken()).isEmpty();
    worker.gone("was killed by signal 9");
    assertThat(home.taken()).containsExactly("close", "forget", "ended: hangs");
  }

  /** Fails if one that is ending in peace can't be killed, or forgets why it is to end. */
  @Test
  void oneThatIsStoppingCanBeKilled() {
    ready();
    worker.stop(300);
    home.taken();
    worker.kill("the pool's time is up");
    assertThat(home.taken()).containsExactly("signal 9");
    assertThat(timers.delays()).containsExactly(Escalation.VERIFY_MS);
    worker.gone("was killed by signal 9");
    assertThat(home.taken()).containsExactly("close", "forget", "ended, asked: stopped");
  }

  @Test
  void writesItsStacksFirstIfItHasAProcess() {
    ready();
    worker.kill("hangs", true);
    assertThat(home.taken()).containsExactly("dump");
    timers.fire();
    assertThat(home.taken()).containsExactly("signal 9");
  }

  /** Fails if the kill of one without a process waits for stacks that nobody writes. */
  @Test
  void writesNoStacksBeforeItHasAProcess() {
    worker.ordered(START_MS);
    worker.kill("was not ready in time", true);
    assertThat(home.taken()).containsExactly("signal 9");
  }

  @Test
  void oneThatDoesNotGetReadyInTimeIsKilledWithItsLastWords() {
    starting();
    worker.said(new OutputLine(OutputLine.Source.STDOUT, "out", 0));
    worker.said(new OutputLine(OutputLine.Source.STDERR, "waiting for a lock", 0));
    assertThat(timers.delays()).containsExactly(START_MS);
    timers.fire();
    assertThat(home.taken()).containsExactly("signal 9");
    worker.gone("was killed by signal 9");
    assertThat(home.taken())
        .containsExactly(
            "forget",
            "ended: was not ready within startup.timeoutMs=60000; its last words:\n"
                + "waiting for a lock");
  }

  @Test
  void isBrokenOffAndKilledAfterAFaultOfOurs() {
    ready();
    worker.breakOff("could not be sent a call");
    assertThat(home.taken()).containsExactly("lost", "signal 9");
    worker.breakOff("could not be sent another");
    assertThat(home.taken()).isEmpty();
    worker.gone("was killed by signal 9");
    assertThat(home.taken()).containsExactly("close", "forget", "ended: could not be sent a call");
  }

  /** Fails if what follows from a failed start is told in place of what has failed. */
  @Test
  void aFailedStartIsTheReasonWhateverFollows() {
    starting();
    worker.startFailed(NO_MODULE);
    worker.startFailed(new PythonError("OSError", "as it ended", ""));
    loseLink(LinkEnd.Cause.PROTOCOL);
    worker.kill("was told to");
    worker.gone("ended with status 1");
    assertThat(home.taken()).containsExactly("lost", "signal 9", "forget", "ended: " + NOT_STARTED);
  }

  @Test
  void aFailedStartOfOneThatIsReadyOrEndingIsNoReason() {
    ready();
    worker.startFailed(NO_MODULE);
    worker.stop(300);
    worker.startFailed(NO_MODULE);
    worker.goneAlong("ended with its keeper");
    assertThat(home.taken())
        .containsExactly("shutdown", "close", "forget", "ended, asked: stopped");
  }

  @Test
  void oneThatBreaksTheProtocolIsKilledAtOnce() {
    ready();
    loseLink(LinkEnd.Cause.PROTOCOL);
    assertThat(home.taken()).containsExactly("lost");
    assertThat(timers.delays()).containsExactly(1L);
    timers.fire();
    assertThat(home.taken()).containsExactly("signal 9");
    worker.gone("was killed by signal 9");
    assertThat(home.taken())
        .containsExactly("close", "forget", "ended: broke the protocol: a frame without end");
  }

  @Test
  void oneThatLosesItsLinkMayEndByItself() {
    ready();
    loseLink(LinkEnd.Cause.RESET);
    assertThat(home.taken()).containsExactly("lost unread");
    assertThat(timers.delays()).containsExactly(Nursery.LINK_GRACE_MS);
    worker.gone("ended with status 3");
    assertThat(timers.delays()).isEmpty();
    assertThat(home.taken()).containsExactly("close", "forget", "ended: ended with status 3");
  }

  /** Fails if a call that a dying worker has provably not read counts as begun. */
  @Test
  void ofOneThatIsEndingOnlyTheUnreadIsTold() {
    ready();
    worker.stop(300);
    home.taken();
    loseLink(LinkEnd.Cause.END_OF_FILE);
    assertThat(home.taken()).isEmpty();
    loseLink(LinkEnd.Cause.RESET);
    assertThat(home.taken()).containsExactly("lost unread");
  }

  @Test
  void oneWhoseProcessEndsHasDied() {
    starting();
    worker.gone("was killed by signal 11");
    assertThat(home.lastEnd()).isEqualTo(WorkerEnd.DIED);
  }

  @Test
  void oneThatIsStoppedWasAsked() {
    starting();
    worker.stop(300);
    worker.gone("was killed by signal 15");
    assertThat(home.lastEnd()).isEqualTo(WorkerEnd.ASKED);
  }

  /** Fails if a pool can't tell one that hangs in its start from one that dies in it. */
  @Test
  void oneThatIsNotReadyInTimeIsLate() {
    starting();
    timers.fire();
    worker.gone("was killed by signal 9");
    assertThat(home.lastEnd()).isEqualTo(WorkerEnd.LATE);
  }

  /** Fails if a slow import is laid to the fork: a fresh interpreter would have to import, too. */
  @Test
  void oneThatIsLateWithoutAProcessHasFailed() {
    worker.ordered(START_MS);
    timers.fire();
    worker.gone("killed before it was started");
    assertThat(home.lastEnd()).isEqualTo(WorkerEnd.FAILED);
  }

  @Test
  void oneWhoseAdapterRaisesAsItStartsHasFailed() {
    starting();
    worker.startFailed(NO_MODULE);
    worker.gone("ended with status 1");
    assertThat(home.lastEnd()).isEqualTo(WorkerEnd.FAILED);
  }

  @Test
  void oneWhoseKeeperEndsHasNotDiedOfItself() {
    starting();
    worker.goneWithKeeper("ended with its keeper");
    assertThat(home.taken()).containsExactly("forget", "ended: ended with its keeper");
    assertThat(home.lastEnd()).isEqualTo(WorkerEnd.FAILED);
  }

  @Test
  void oneThatGoesAlongIsNoCrashOfItsOwn() {
    starting();
    worker.goneAlong("ended with its keeper");
    assertThat(home.taken()).containsExactly("forget", "ended, asked: ended with its keeper");
  }
}
