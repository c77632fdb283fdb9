package io.snakepit.diagnostics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MachineBoundsTest {
  private static final Guardians NOBODY = new Guardians(null, null);

  private static double left(FakeMachine machine, Guardians guardians, Resource what, String by) {
    List<Bound> bounds = new MachineBounds(machine).read(guardians);
    assertThat(bounds)
        .filteredOn(bound -> bound.resource() == what && bound.source().equals(by))
        .hasSize(1);
    return bounds.stream()
        .filter(bound -> bound.resource() == what && bound.source().equals(by))
        .mapToDouble(Bound::left)
        .sum();
  }

  private static double left(FakeMachine machine, Resource what, String by) {
    return left(machine, NOBODY, what, by);
  }

  @Test
  void memoryIsWhatTheKernelCallsAvailable() {
    assertThat(left(FakeMachine.linux(), Resource.MEMORY, "MemAvailable")).isEqualTo(0x1p33);
  }

  @Test
  void existingThreadsAreTakenOffThePids() {
    assertThat(left(FakeMachine.linux(), Resource.PIDS, "kernel.pid_max")).isEqualTo(31_768);
    assertThat(left(FakeMachine.linux(), Resource.PIDS, "kernel.threads-max")).isEqualTo(191_730);
  }

  @Test
  void theUsersLimitDoesNotHoldRoot() {
    assertThat(left(FakeMachine.linux(), Resource.PIDS, "RLIMIT_NPROC")).isInfinite();
  }

  @Test
  void theUsersOwnThreadsAreTakenOffItsLimit() {
    FakeMachine machine =
        FakeMachine.linux()
            .file("/proc/self/status", "Uid:\t7\t7\t7\t7\nThreads:\t30\n")
            .file("/proc/10/status", "Uid:\t7\t7\t7\t7\nThreads:\t30\n")
            .file("/proc/11/status", "Uid:\t7\t7\t7\t7\nThreads:\t2\n")
            .file("/proc/12/status", "Uid:\t0\t0\t0\t0\nThreads:\t9\n");

    assertThat(left(machine, Resource.PIDS, "RLIMIT_NPROC")).isEqualTo(500 - 32);
  }

  @Test
  void openFilesAreTakenOffEachProcesssLimit() {
    FakeMachine machine =
        FakeMachine.linux()
            .file("/proc/20/limits", FakeMachine.limits("1024"))
            .process(20, 1, 10)
            .file("/proc/21/limits", FakeMachine.limits("unlimited"))
            .process(21, 1, 5);
    machine.file("/proc/self/fd/0", "").file("/proc/self/fd/1", "");
    Guardians both = new Guardians("20", "21");

    assertThat(left(machine, both, Resource.HOST_FILES, "RLIMIT_NOFILE")).isEqualTo(4094);
    assertThat(left(machine, both, Resource.KEEPER_FILES, "RLIMIT_NOFILE")).isEqualTo(1014);
    assertThat(left(machine, both, Resource.FORK_SERVER_FILES, "RLIMIT_NOFILE")).isInfinite();
  }

  @Test
  void withoutForkServerThereIsNoLineOfIt() {
    assertThat(new MachineBounds(FakeMachine.linux()).read(NOBODY))
        .noneMatch(bound -> bound.resource() == Resource.FORK_SERVER_FILES);
  }

  @Test
  void theMachinesOwnLimitOfFilesIsMostlyNone() {
    FakeMachine machine = FakeMachine.linux();

    assertThat(left(machine, Resource.MACHINE_FILES, "fs.file-max")).isInfinite();
    machine.file("/proc/sys/fs/file-nr", "400\t0\t5000\n");
    assertThat(left(machine, Resource.MACHINE_FILES, "fs.file-max")).isEqualTo(4600);
  }

  /** A system without {@code /proc}, such as macOS, tells nothing. */
  @Test
  void withoutProcOnlyTheProcessorsAreKnown() {
    List<Bound> bounds = new MachineBounds(new FakeMachine().processors(8)).read(NOBODY);

    assertThat(bounds)
        .filteredOn(bound -> !Double.isNaN(bound.left()))
        .containsExactly(new Bound(Resource.CPU, "processors", 8));
  }
}
