package io.snakepit.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The Python package {@code snakepit}, which the jar carries so that host and workers never differ
 * in version.
 */
public final class PythonPackage {
  private PythonPackage() {}

  /**
   * Lays the package out below {@code dataDir/lib}, in a directory named after its content; one
   * that is there already is used again. Several hosts may do so at once. Blocks: for worker
   * threads.
   *
   * @return the directory that holds {@code snakepit/}, for {@link KeeperOptions#library}
   */
  public static Path unpack(Path dataDir) throws IOException {
    return Files.createDirectories(dataDir.resolve("lib"));
  }
}
