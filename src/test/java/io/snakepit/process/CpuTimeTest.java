package io.snakepit.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class CpuTimeTest {
  private static final String STAT =
      "7 (a) (b c) R 1 7 7 0 -1 4194304 90 0 0 0 31 11 0 0 20 0 3 0 9 1 1";

  @Test
  void readsUserAndSystemTimeWhateverTheCommandIsCalled() {
    assertThat(CpuTime.parse(STAT)).isEqualTo(420);
  }

  /** Fails if it tells what the process has used as a whole. */
  @Test
  void tellsTheThreadsApart() throws InterruptedException {
    long pid = ProcessHandle.current().pid();
    Map<Long, Long> before = CpuTime.ofThreads(pid);
    Thread busy = new Thread(CpuTimeTest::computeUntilInterrupted);
    busy.start();
    try {
      long most = 0;
      while (most < 200) {
        most =
            CpuTime.ofThreads(pid).entrySet().stream()
                .filter(thread -> !before.containsKey(thread.getKey()))
                .mapToLong(Map.Entry::getValue)
                .max()
                .orElse(0);
      }
      assertThat(CpuTime.ofThreads(pid)).hasSizeGreaterThan(1).containsKey(pid);
      assertThat(CpuTime.ofThreads(pid).values().stream().mapToLong(ms -> ms).sum())
          .isLessThanOrEqualTo(CpuTime.millis(pid) + 1_000);
    } finally {
      busy.interrupt();
      busy.join();
    }
  }

  private static void computeUntilInterrupted() {
    while (!Thread.currentThread().isInterrupted()) {
      Thread.onSpinWait();
    }
  }

  @Test
  void tellsNothingOfAProcessThatIsGone() {
    assertThat(CpuTime.ofThreads(0)).isEmpty();
    assertThat(CpuTime.millis(0)).isZero();
  }
}
