package io.snakepit.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The memory that a process holds, as the kernel counts it. Reads a file: not for an event loop.
 */
public final class ResidentMemory {
  private static final Pattern RSS = Pattern.compile("(?m)^VmRSS:\\s+(\\d+) kB$");

  private ResidentMemory() {}

  /** Returns the resident set in bytes; 0 where there is no {@code /proc} or no such process. */
  public static long bytes(long pid) {
    try {
      return parse(Files.readString(Path.of("/proc/" + pid + "/status")));
    } catch (IOException gone) {
      return 0;
    }
  }

  static long parse(String status) {
    Matcher matcher = RSS.matcher(status);
    return matcher.find() ? Long.parseLong(matcher.group(1)) * 1024 : 0;
  }
}
