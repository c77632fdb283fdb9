package io.snakepit.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.worker.Escalation.Step;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** P13: the steps from a request to what nothing survives. Fails with any step left out. */
class EscalationTest {

  private static List<String> steps(Escalation escalation) {
    List<String> steps = new ArrayList<>();
    steps.add(escalation.step() + " " + escalation.waitMs());
    while (escalation.waitMs() > 0) {
      escalation.next();
      steps.add(escalation.step() + " " + escalation.waitMs());
    }
    return steps;
  }

  @Test
  void asksThenTerminatesThenKillsThenDoubtsTheKeeper() {
    assertThat(steps(Escalation.inPeace(300)))
        .containsExactly(
            "ASK 300", "TERMINATE 300", "KILL 2000", "KILL_DIRECTLY 8000", "REPLACE_KEEPER 0");
  }

  @Test
  void whoHasNoConnectionIsNotAsked() {
    assertThat(steps(Escalation.byTerm(300)).get(0)).isEqualTo("TERMINATE 300");
  }

  @Test
  void withoutAGraceItGoesOnAtOnce() {
    assertThat(Escalation.inPeace(0).waitMs()).isEqualTo(1);
  }

  @Test
  void knowsWhetherItHasKilled() {
    Escalation escalation = Escalation.inPeace(1);
    assertThat(escalation.hasKilled()).isFalse();
    escalation.next();
    assertThat(escalation.hasKilled()).isFalse();
    escalation.next();
    assertThat(escalation.hasKilled()).isTrue();
    assertThat(Escalation.byKill().hasKilled()).isTrue();
    assertThat(Escalation.byKillWithStacks().hasKilled()).isTrue();
  }

  @Test
  void nothingComesAfterTheLastStep() {
    Escalation escalation = Escalation.byKill();
    for (int i = 0; i < 5; i++) {
      escalation.next();
    }
    assertThat(escalation.step()).isEqualTo(Step.REPLACE_KEEPER);
  }

  @Test
  void oneThatHangsSaysFirstWhereItIs() {
    Escalation escalation = Escalation.byKillWithStacks();
    assertThat(escalation.step()).isEqualTo(Step.DUMP);
    assertThat(escalation.waitMs()).isEqualTo(Escalation.DUMP_MS);
    assertThat(escalation.next()).isEqualTo(Step.KILL);
  }
}
