package io.snakepit.it;

import io.snakepit.testing.RunningSnakepit;
import io.snakepit.testing.TestAdapters;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Base of tests with the adapter {@link TestAdapters#PRESSURE} in a directory of their own. */
abstract class PressureTestBase {
  @TempDir Path directory;
  String module;

  @BeforeEach
  final void writeAdapter() {
    module = TestAdapters.write(directory, "pressure", TestAdapters.PRESSURE);
  }

  /** Starts a pool of one worker with that adapter, unless further keys say otherwise. */
  final RunningSnakepit start(JsonObject pool) {
    return RunningSnakepit.start(directory, module, pool);
  }
}
