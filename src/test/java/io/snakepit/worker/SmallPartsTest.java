package io.snakepit.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.snakepit.process.Exit;
import org.junit.jupiter.api.Test;

class SmallPartsTest {

  @Test
  void anIllegalMoveThrowsAndNamesBothStates() {
    assertThat(WorkerLife.NEW.to(WorkerLife.STARTING)).isEqualTo(WorkerLife.STARTING);
    assertThatThrownBy(() -> WorkerLife.ENDED.to(WorkerLife.READY))
        .hasMessageContaining("ENDED")
        .hasMessageContaining("READY");
  }

  @Test
  void theTailHoldsTheLastTwentyLinesThatSaySomething() {
    StderrTail tail = new StderrTail();
    assertThat(tail.told()).isEmpty();
    for (int i = 0; i < 30; i++) {
      tail.add("line " + i);
      tail.add("   ");
    }
    tail.add("x".repeat(1_000));
    assertThat(tail.told()).contains("line 29").contains("line 11").doesNotContain("line 10");
    assertThat(tail.told().lines()).hasSize(21).allMatch(line -> line.length() <= 401);
  }

  @Test
  void anEndIsToldAsPeopleSayIt() {
    assertThat(ExitMessages.told(new Exit.Status(3))).isEqualTo("ended with status 3");
    assertThat(ExitMessages.told(new Exit.Signal(11)))
        .isEqualTo("was killed by signal 11 (SIGSEGV)");
    assertThat(ExitMessages.told(new Exit.Signal(40))).isEqualTo("was killed by signal 40");
    assertThat(ExitMessages.told(new Exit.Explained("was killed by its memory limit")))
        .isEqualTo("was killed by its memory limit");
  }

  @Test
  void aFailedStartIsToldWithItsTracebackIfThatSaysMore() {
    assertThat(ExitMessages.told("p", "OSError", "no", "OSError: no\n"))
        .isEqualTo("pools.p.adapter could not be started: OSError: no");
    assertThat(ExitMessages.told("p", "OSError", "", "Traceback\n  File x\nOSError"))
        .isEqualTo("pools.p.adapter could not be started: OSError\nTraceback\n  File x\nOSError");
  }
}
