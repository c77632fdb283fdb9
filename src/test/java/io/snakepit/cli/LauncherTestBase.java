package io.snakepit.cli;

import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Base of tests of {@code ./snakepit} itself, with stand-ins for the programs that it calls. */
abstract class LauncherTestBase {
  @TempDir Path folder;
  LauncherSandbox sandbox;

  @BeforeEach
  final void makeSandbox() {
    sandbox = new LauncherSandbox(folder);
  }

  /** Returns where a file of the repository is. */
  final Path repository(String file) {
    return sandbox.repository.resolve(file);
  }

  /** Starts {@code ./snakepit version} in the repository. */
  final LauncherSandbox.Started startVersion() {
    return sandbox.start(sandbox.repository, repository("snakepit"), "version");
  }

  /** Waits until Maven has been called so often. */
  final void awaitMavenCalls(int count) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> sandbox.mavenCalls().size() == count);
  }
}
