package io.snakepit.it;

import static io.snakepit.testing.RunningSnakepit.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.Call;
import io.snakepit.api.StreamEnd;
import io.snakepit.testing.RunningSnakepit;
import io.snakepit.testing.TestAdapters;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers of the host's tools reach their worker while much else goes to it. */
class HostAnswersIT {
  private static final String BLOB = "x".repeat(2_000_000);

  @TempDir Path directory;

  /**
   * Credit of one stream goes out while large answers to the calls of others do. Fails if whichever
   * thread answers writes to the worker: its frames are torn by those of the pool.
   */
  @Test
  void aHostToolMayAnswerOnAnyThread() {
    String module = TestAdapters.write(directory, "streams", TestAdapters.STREAMS);
    JsonObject pool =
        new JsonObject().put("size", 1).put("profile", "thread").put("concurrency", 4);
    try (RunningSnakepit running = RunningSnakepit.start(directory, module, pool)) {
      running
          .snakepit()
          .tool(
              "blob",
              args -> {
                Promise<Object> answer = Promise.promise();
                new Thread(() -> answer.complete(BLOB), "answers").start();
                return answer.future();
              });
      List<Future<StreamEnd>> ends =
          Stream.of(
                  Call.of("count").with("n", 60_000),
                  Call.of("blobs").with("n", 100),
                  Call.of("blobs").with("n", 100),
                  Call.of("count").with("n", 60_000))
              .map(call -> running.snakepit().stream(call).handler(chunk -> {}).end())
              .toList();
      assertThat(ends).allSatisfy(end -> assertThat(await(end).chunks()).isPositive());
    }
  }
}
