package io.snakepit.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The kernel's id of one boot of the machine, which tells it from another: pids and start times
 * begin anew with each.
 */
public final class BootId {
  private static final Path SOURCE = Path.of("/proc/sys/kernel/random/boot_id");

  private BootId() {}

  /** Returns the id of the current boot; empty where the system tells none. Reads a file. */
  public static String current() {
    try {
      return Files.readString(SOURCE).strip();
    } catch (IOException untold) {
      return "";
    }
  }
}
