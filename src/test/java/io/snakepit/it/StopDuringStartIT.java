package io.snakepit.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.Snakepit;
import io.snakepit.testing.Leftovers;
import io.snakepit.testing.RunningSnakepit;
import io.snakepit.testing.TestPython;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stop may come while the start is still under way. */
class StopDuringStartIT {
  @TempDir Path folder;

  /** Fails if the stop does not wait for the directories that the start is just making. */
  @Test
  void leavesNothing() {
    JsonObject pool = new JsonObject().put("python", TestPython.executable().toString());
    JsonObject configuration =
        new JsonObject().put("pools", new JsonObject().put("default", pool.put("size", 1)));
    Vertx vertx = RunningSnakepit.newVertx();
    try {
      Snakepit snakepit = Snakepit.create(vertx, RunningSnakepit.options(folder, configuration));
      Future<Snakepit> start = snakepit.start();

      RunningSnakepit.await(snakepit.stop());

      Leftovers.assertNone(folder);
      boolean failed =
          RunningSnakepit.await(start.transform(end -> Future.succeededFuture(end.failed())));
      assertThat(failed).isTrue();
      assertThat(vertx.deploymentIDs()).isEmpty();
      Leftovers.assertNone(folder);
    } finally {
      RunningSnakepit.await(vertx.close());
    }
  }
}
