package io.snakepit.diagnostics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class LocalMachineTest extends MachineContract {
  @TempDir Path folder;

  @Override
  Machine with(Map<String, String> files) {
    files.forEach(this::write);
    return Machine.local();
  }

  private void write(String path, String text) {
    try {
      Path file = folder.resolve(path);
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  String root() {
    return folder.toString();
  }

  /** Fails with {@code Files.readAllBytes}, which gets the first digit alone. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void readsAllDigitsOfAKernelsSetting() {
    assertThat(Figures.limit(Machine.local().read("/proc/sys/kernel/pid_max"))).isGreaterThan(300);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void whatBoundsThisVeryMachineIsKnown() {
    List<Bound> bounds =
        new MachineBounds(Machine.local())
            .read(new Guardians(String.valueOf(ProcessHandle.current().pid()), null));

    assertThat(bounds)
        .allSatisfy(bound -> assertThat(bound.left()).as(bound.source()).isPositive())
        .filteredOn(bound -> Double.isFinite(bound.left()))
        .extracting(Bound::source)
        .contains("MemAvailable", "kernel.pid_max", "processors");
  }
}
