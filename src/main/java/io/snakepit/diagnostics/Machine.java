package io.snakepit.diagnostics;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A machine as it tells of itself: files and processors. Blocks; every thread may ask. */
public interface Machine {

  /**
   * Returns a file's text; null if it is not there or may not be read, as all of {@code /proc} on
   * macOS.
   */
  @Nullable String read(String path);

  /** Returns the names in a directory, in no order; empty if it is not there or may not be read. */
  List<String> names(String directory);

  /** Returns the number of processors that this JVM may use. */
  int processors();

  /** Returns the machine that this JVM runs on. */
  static Machine local() {
    return new LocalMachine();
  }
}
