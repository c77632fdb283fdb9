package io.snakepit.diagnostics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScalingRunTest {
  private final FakeMachine machine = FakeMachine.linux();
  private final FakeTrials trials = new FakeTrials(machine, 100);
  private final List<String> told = new ArrayList<>();

  private Scaling run(int max) {
    return new ScalingRun(machine, trials::processes, FakeTrials.HOST, trials, told::add).run(max);
  }

  @Test
  void doublesTheWorkersUpToTheLargestPool() {
    assertThat(ScalingRun.sizes(1)).containsExactly(1);
    assertThat(ScalingRun.sizes(6)).containsExactly(1, 2, 4, 6);
    assertThat(ScalingRun.sizes(8)).containsExactly(1, 2, 4, 8);
  }

  @Test
  void warmsUpBeforeItMeasuresAndEndsEveryPool() {
    Scaling scaling = run(3);

    assertThat(trials.started()).containsExactly(1, 1, 2, 3);
    assertThat(trials.open()).isZero();
    assertThat(scaling.steps()).extracting(Step::workers).containsExactly(1, 2, 3);
    assertThat(told).containsSubsequence("warming up", "measuring 3 of up to 3 workers");
  }

  @Test
  void measuresWorkersThatHaveWorked() {
    assertThat(run(2).last().worker()).isEqualTo(new Footprint(0x1p20, 0x1p21, 1, 2, 5));
  }

  @Test
  void whatGrowsWithTheWorkersIsToldFromWhatIsAlwaysThere() {
    Scaling scaling = run(4);

    assertThat(scaling.perWorker(Resource.MEMORY)).isEqualTo(0x1p20);
    assertThat(scaling.perWorker(Resource.PIDS)).isEqualTo(2);
    assertThat(scaling.perWorker(Resource.HOST_FILES)).isEqualTo(3);
    assertThat(scaling.perWorker(Resource.KEEPER_FILES)).isEqualTo(2);
    assertThat(scaling.perWorker(Resource.FORK_SERVER_FILES)).isZero();
    assertThat(scaling.perWorker(Resource.MACHINE_FILES)).isEqualTo(10);
    assertThat(scaling.startMsPerWorker()).isEqualTo(5);
  }

  @Test
  void onePoolAloneDoesNotTellWhatIsThereWithoutIt() {
    assertThat(run(1).perWorker(Resource.KEEPER_FILES)).isNaN();
  }

  @Test
  void readsTheBoundsBesideTheLargestPool() {
    assertThat(run(4).bounds())
        .contains(new Bound(Resource.KEEPER_FILES, "RLIMIT_NOFILE", 1024 - 14));
  }

  /** Fails if the run does not look before each step. */
  @Test
  void stopsBeforeTheMachineIsShort() {
    machine.file("/proc/meminfo", "MemAvailable:    5000 kB\n");

    Scaling scaling = run(64);

    assertThat(scaling.steps()).extracting(Step::workers).containsExactly(1, 2, 4);
    assertThat(told).last().asString().contains("not measuring 8 workers");
  }

  @Test
  void endsThePoolOfAStepThatFailed() {
    Trial.Starter broken =
        workers -> {
          if (trials.started().size() == 3) {
            throw new IllegalStateException("no more");
          }
          return trials.start(workers);
        };
    ScalingRun run = new ScalingRun(machine, trials::processes, FakeTrials.HOST, broken, told::add);

    assertThatThrownBy(() -> run.run(8)).hasMessage("no more");
    assertThat(trials.open()).isZero();
  }

  @Test
  void worksWhereNothingIsKnown() {
    FakeMachine bare = new FakeMachine().processors(2);
    FakeTrials some = new FakeTrials(new FakeMachine(), Double.NaN);

    Scaling scaling =
        new ScalingRun(bare, some::processes, FakeTrials.HOST, some, told::add).run(2);

    assertThat(scaling.perWorker(Resource.MEMORY)).isNaN();
    assertThat(scaling.perWorker(Resource.HOST_FILES)).isNaN();
    assertThat(scaling.last().callsPerSecond()).isNaN();
  }
}
