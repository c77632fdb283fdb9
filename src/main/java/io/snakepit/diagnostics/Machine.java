package io.snakepit.diagnostics;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a machine tells of itself. Blocks; every thread may ask. */
public interface Machine {

  /**
   * A file's text; null if it is not there or may not be read, as all of {@code /proc} on macOS.
   */
  @Nullable String read(String path);

  /** The names in a directory, in no order; empty if it is not there or may not be read. */
  List<String> names(String directory);

  /** The processors that this JVM may use. */
  int processors();

  /** The one that this JVM runs on. */
  static Machine local() {
    return new LocalMachine();
  }
}
