package io.snakepit.diagnostics;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.process.ProcessTable.Entry;
import java.util.List;
import org.junit.jupiter.api.Test;

class FootprintTest {
  private static Entry process(long pid, long parent, long session) {
    return new Entry(pid, parent, session, session, 'S', 1);
  }

  private static FakeMachine memory(FakeMachine machine, long pid, int privateKib, int pssKib) {
    return machine.file(
        "/proc/" + pid + "/smaps_rollup",
        "Pss:  %d kB\nPrivate_Clean:  0 kB\nPrivate_Dirty:  %d kB\n".formatted(pssKib, privateKib));
  }

  @Test
  void countsWhatAWorkerHasStartedWithIt() {
    List<Entry> all =
        List.of(
            process(100, 50, 100),
            process(101, 100, 100),
            process(102, 101, 102),
            process(103, 1, 100),
            process(200, 50, 200));
    FakeMachine machine = new FakeMachine();
    for (long pid : List.of(100L, 101L, 102L, 103L, 200L)) {
      memory(machine, pid, 10, 20).process(pid, 2, 7);
    }

    assertThat(Footprint.of(100, all, machine))
        .isEqualTo(new Footprint(4 * 10_240, 4 * 20_480, 4, 8, 28));
  }

  @Test
  void aDescendantThatHasJustGoneTakesNothing() {
    List<Entry> all = List.of(process(100, 50, 100), process(101, 100, 100));
    FakeMachine machine = memory(new FakeMachine(), 100, 10, 20).process(100, 1, 3);

    assertThat(Footprint.of(100, all, machine).privateBytes()).isEqualTo(10_240);
  }

  @Test
  void withoutProcNothingIsKnownButTheProcesses() {
    Footprint footprint = Footprint.of(100, List.of(process(100, 50, 0)), new FakeMachine());

    assertThat(footprint.privateBytes()).isNaN();
    assertThat(footprint.tasks()).isNaN();
    assertThat(footprint.processes()).isEqualTo(1);
  }

  @Test
  void theMeanLeavesOutWhatIsUnknown() {
    Footprint known = new Footprint(10, 20, 1, 2, 3);
    Footprint unknown = new Footprint(Double.NaN, Double.NaN, 3, 4, 5);

    assertThat(Footprint.mean(List.of(known, unknown))).isEqualTo(new Footprint(10, 20, 2, 3, 4));
  }

  @Test
  void aForkedWorkerHasAForkServerAndAKeeper() {
    List<Entry> all =
        List.of(process(8, 1, 8), process(9, 8, 9), process(10, 9, 10), process(11, 10, 11));

    assertThat(Guardians.of(11, 1, all)).isEqualTo(new Guardians("9", "10"));
    assertThat(Guardians.of(10, 1, all)).isEqualTo(new Guardians("9", null));
  }

  @Test
  void aWorkerThatIsNotOursHasNone() {
    assertThat(Guardians.of(11, 1, List.of())).isEqualTo(new Guardians(null, null));
    assertThat(Guardians.of(11, 2, List.of(process(11, 1, 11))))
        .isEqualTo(new Guardians(null, null));
  }
}
