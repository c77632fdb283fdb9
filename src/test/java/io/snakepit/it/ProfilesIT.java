package io.snakepit.it;

import static io.snakepit.testing.RunningSnakepit.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.Event;
import io.snakepit.api.Result;
import io.snakepit.testing.RecordedEvents;
import io.snakepit.testing.RunningSnakepit;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A worker runs several calls at a time, and takes calls in batches. */
class ProfilesIT extends PressureTestBase {
  private RunningSnakepit start(String profile, int concurrency, JsonObject more) {
    JsonObject pool = new JsonObject().put("profile", profile).put("concurrency", concurrency);
    return start(pool.mergeIn(more, true));
  }

  private static List<Future<Result>> callAll(RunningSnakepit running, Call call, int times) {
    return IntStream.range(0, times).mapToObj(i -> running.snakepit().execute(call)).toList();
  }

  /** Q14. Fails if the worker runs them one by one: that takes 8 s. */
  @Test
  void eightThreadsSleepAtOnceAndTheHeartGoesOn() {
    JsonObject heartbeat = new JsonObject().put("intervalMs", 200).put("timeoutMs", 10_000);
    try (RunningSnakepit running =
        start("thread", 8, new JsonObject().put("heartbeat", heartbeat.put("maxMissed", 30)))) {
      RecordedEvents events = new RecordedEvents(running.vertx());
      Call call = Call.of("sleep").with("seconds", 1);
      long begun = System.nanoTime();
      await(Future.all(callAll(running, call, 8)));
      assertThat(System.nanoTime() - begun).isLessThan(6_000_000_000L);
      assertThat(events.of(Event.HEARTBEAT_TIMEOUT)).isEmpty();
    }
  }

  /**
   * Q10. Fails if the pool sends more than the worker has room for, or less, or forgets what it
   * lost.
   */
  @ParameterizedTest
  @ValueSource(strings = {"thread", "async"})
  void capacityIsExactAlsoAfterACrash(String profile) throws IOException {
    try (RunningSnakepit running = start(profile, 4, new JsonObject())) {
      for (int round = 0; round < 2; round++) {
        Path over = directory.resolve("over" + round);
        Call nap = Call.of("nap_until").with("path", over.toString());
        List<Future<Result>> calls = callAll(running, nap, 6);
        Pools.awaitRunning(running, 4);
        JsonObject pool = Pools.pool(running);
        assertThat(pool.getInteger("capacity")).isEqualTo(4);
        assertThat(pool.getInteger("queued")).isEqualTo(2);
        Files.createFile(over);
        await(Future.all(calls));
        List<Future<Result>> lost = callAll(running, Call.of("nap").with("seconds", 60), 3);
        assertThat(running.failure(Call.of("crash")).code()).isEqualTo(ErrorCode.WORKER_CRASHED);
        lost.forEach(
            each -> assertThat(Pools.failureOf(each).code()).isEqualTo(ErrorCode.WORKER_CRASHED));
        Pools.awaitReady(running, 1);
      }
    }
  }

  @Test
  void hundredsOfCallsWaitInOneWorker() {
    try (RunningSnakepit running = start("async", 500, new JsonObject())) {
      long begun = System.nanoTime();
      await(Future.all(callAll(running, Call.of("nap").with("seconds", 0.1), 500)));
      assertThat(System.nanoTime() - begun).isLessThan(10_000_000_000L);
      assertThat(Pools.pids(running)).hasSize(1);
    }
  }

  /**
   * Q6, contract: it leaves dispatch, the others finish, then it is killed and replaced. Fails if
   * Retirement kills it at once.
   */
  @Test
  void aThreadThatCannotBeInterruptedCostsItsWorkerButNotTheOtherCalls() {
    try (RunningSnakepit running = start("thread", 2, new JsonObject().put("cancelGraceMs", 200))) {
      Future<Result> stuck =
          running.snakepit().execute(Call.of("sleep").with("seconds", 600).timeoutMs(200));
      Future<Result> other = running.snakepit().execute(Call.of("sleep").with("seconds", 1.5));
      assertThat(Pools.failureOf(stuck).code()).isEqualTo(ErrorCode.EXECUTE_TIMEOUT);
      assertThat(await(other).json()).isEqualTo(1.5);
      Pools.awaitReady(running, 1);
      assertThat(running.call(Call.of("ping"))).isEqualTo("pong");
    }
  }

  @Test
  void anAdapterThatDoesNotSayItIsThreadSafeIsRefusedWithTheRemedy() {
    JsonObject pool = new JsonObject().put("profile", "thread").put("concurrency", 2);
    assertThatThrownBy(
            () -> RunningSnakepit.start(directory, "snakepit.adapters.showcase", pool).close())
        .hasMessageContaining("thread_safe = True");
  }

  /** Fails if calls go one by one: no list would be longer than one. */
  @ParameterizedTest
  @ValueSource(strings = {"process", "async"})
  void callsGoTogetherAndEachGetsItsOwnResult(String profile) {
    try (RunningSnakepit running = start(profile, 1, new JsonObject())) {
      List<Future<Result>> calls =
          IntStream.range(0, 64)
              .mapToObj(n -> running.snakepit().execute(Call.of("together").with("n", n)))
              .toList();
      await(Future.all(calls));
      int longest = 0;
      for (int n = 0; n < 64; n++) {
        JsonArray answer = (JsonArray) calls.get(n).result().json();
        assertThat(answer.getInteger(0)).isEqualTo(n);
        longest = Math.max(longest, answer.getInteger(1));
      }
      assertThat(longest).isEqualTo(16);
    }
  }
}
