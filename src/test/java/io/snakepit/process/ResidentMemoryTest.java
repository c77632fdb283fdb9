package io.snakepit.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ResidentMemoryTest {

  @Test
  void readsTheKernelsFigure() {
    assertThat(ResidentMemory.parse("Name:\tpython\nVmRSS:\t   12345 kB\nThreads:\t1\n"))
        .isEqualTo(12_345L * 1024);
  }

  @Test
  void isZeroForAProcessThatIsGone() {
    assertThat(ResidentMemory.bytes(0)).isZero();
    assertThat(ResidentMemory.parse("Name:\tzombie\nState:\tZ\n")).isZero();
  }
}
