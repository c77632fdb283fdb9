package io.snakepit.it;

import io.snakepit.testing.RunningSnakepit;
import io.snakepit.testing.TestAdapters;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Gives each test the adapter {@link TestAdapters#PRESSURE} in a directory of its own. */
abstract class PressureTestBase {
  @TempDir Path directory;
  String module;

  @BeforeEach
  final void writeAdapter() {
    module = TestAdapters.write(directory, "pressure", TestAdapters.PRESSURE);
  }

  /** A pool of one worker with it, unless further keys say otherwise. */
  final RunningSnakepit start(JsonObject pool) {
    return RunningSnakepit.start(directory, module, pool);
  }
}
