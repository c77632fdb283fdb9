package io.snakepit.diagnostics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** The contract that the real machine and the fake both keep. */
abstract class MachineContract {

  /** Returns a machine that has these files, below {@link #root}. */
  abstract Machine with(Map<String, String> files);

  abstract String root();

  @Test
  void readsAFileWhole() {
    String text = "line\n".repeat(50_000);

    assertThat(with(Map.of("a/b", text)).read(root() + "/a/b")).isEqualTo(text);
  }

  @Test
  void whatIsNotThereIsNull() {
    assertThat(with(Map.of()).read(root() + "/none")).isNull();
  }

  @Test
  void namesWhatADirectoryHolds() {
    Machine machine = with(Map.of("d/one", "", "d/two/below", "", "e", ""));

    assertThat(machine.names(root() + "/d")).containsExactlyInAnyOrder("one", "two");
  }

  @Test
  void aDirectoryThatIsNotThereHoldsNothing() {
    assertThat(with(Map.of("d", "")).names(root() + "/none")).isEmpty();
  }

  @Test
  void hasAProcessor() {
    assertThat(with(Map.of()).processors()).isPositive();
  }
}
