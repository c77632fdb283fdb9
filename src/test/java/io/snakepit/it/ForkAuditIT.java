package io.snakepit.it;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.Call;
import io.snakepit.api.Event;
import io.snakepit.api.Result;
import io.snakepit.testing.Leftovers;
import io.snakepit.testing.RecordedEvents;
import io.snakepit.testing.RunningSnakepit;
import io.snakepit.testing.TestAdapters;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests that no two workers share what an adapter's import has made. */
class ForkAuditIT {
  @TempDir Path directory;

  private final Vertx vertx = RunningSnakepit.newVertx();
  private final RecordedEvents events = new RecordedEvents(vertx);

  @AfterEach
  void nothingIsLeft() {
    Leftovers.assertNone(directory);
  }

  private RunningSnakepit start(String source, JsonObject pool) {
    pool.put("adapter", TestAdapters.write(directory, "made_on_import", source));
    pool.put("pythonPath", List.of(directory.toString())).put("size", 2);
    JsonObject pools = new JsonObject().put("default", pool);
    return RunningSnakepit.start(vertx, directory, new JsonObject().put("pools", pools));
  }

  /** Fails if workers are forked: they get each other's results from the executor's queue. */
  @Test
  void anExecutorOfTheImportAnswersItsOwnWorkerAlone() {
    String source =
        """
        from concurrent.futures import ProcessPoolExecutor
        from snakepit import tool
        E = ProcessPoolExecutor(2)
        @tool
        def square(n: int) -> int:
            return E.submit(pow, n, 2).result()
        """;
    try (RunningSnakepit running = start(source, new JsonObject())) {
      JsonObject fallback = events.await(Event.POOL_SPAWN_FALLBACK);
      assertThat(fallback.getString("reason"))
          .contains("ProcessPoolExecutor E in module made_on_import: make it in start(), and");
      assertThat(fallback.getJsonArray("reasons").getString(0)).startsWith("ProcessPoolExecutor E");
      List<Future<Result>> calls =
          IntStream.range(0, 200)
              .mapToObj(n -> running.snakepit().execute(Call.of("square").with("n", n)))
              .toList();
      for (int n = 0; n < calls.size(); n++) {
        assertThat(RunningSnakepit.await(calls.get(n)).json()).isEqualTo(n * n);
      }
    }
  }

  /** Fails if workers share one place in the file: together they would read each line once. */
  @Test
  void aFileOfTheImportIsReadByEachWorkerFromThere() {
    String source =
        """
        import glob, os, time
        from snakepit import tool
        with open("HERE/numbers.txt", "w") as made:
            made.writelines(f"{n}\\n" for n in range(100))
        F = open("HERE/numbers.txt", "rb", buffering=0)
        HEAD = F.read(2)
        @tool
        def next_byte() -> list[int]:
            return [os.getpid(), os.lseek(F.fileno(), 1, os.SEEK_CUR)]
        @tool
        def meet() -> list[int]:
            open(f"HERE/met-{os.getpid()}", "w").close()
            while len(glob.glob("HERE/met-*")) < 2:
                time.sleep(0.01)
            return next_byte()
        """
            .replace("HERE", directory.toString());
    try (RunningSnakepit running = start(source, new JsonObject())) {
      JsonObject notice = events.await(Event.POOL_FORK_NOTICE);
      assertThat(notice.getJsonArray("notices").toString()).contains("numbers.txt");
      assertThat(events.of(Event.POOL_SPAWN_FALLBACK)).isEmpty();
      // Two that wait for each other are in two workers, and the others in whichever is free.
      List<Future<Result>> calls =
          IntStream.range(0, 42)
              .mapToObj(n -> running.snakepit().execute(Call.of(n < 2 ? "meet" : "next_byte")))
              .toList();
      Map<Long, Set<Long>> places = new TreeMap<>();
      for (Future<Result> call : calls) {
        JsonArray answer = (JsonArray) RunningSnakepit.await(call).json();
        places.computeIfAbsent(answer.getLong(0), pid -> new TreeSet<>()).add(answer.getLong(1));
      }
      assertThat(places).hasSize(2);
      places.forEach(
          (pid, own) ->
              assertThat(own)
                  .isEqualTo(LongStream.rangeClosed(3, 2 + own.size()).boxed().collect(toSet())));
    }
  }

  @Test
  void aForkThatIsForcedIsToldOf() {
    String source =
        """
        import os
        from snakepit import tool
        ENDS = os.pipe()
        @tool
        def ok() -> bool:
            return True
        """;
    try (RunningSnakepit running =
        start(source, new JsonObject().put("startMethod", "forkserver"))) {
      assertThat(events.await(Event.POOL_FORK_NOTICE).getString("reason"))
          .isEqualTo("pipe: make it in start()");
      assertThat(events.of(Event.POOL_SPAWN_FALLBACK)).isEmpty();
      assertThat(running.call(Call.of("ok"))).isEqualTo(true);
    }
  }
}
