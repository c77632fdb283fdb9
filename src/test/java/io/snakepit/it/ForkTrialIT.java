package io.snakepit.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.Event;
import io.snakepit.testing.Leftovers;
import io.snakepit.testing.RecordedEvents;
import io.snakepit.testing.RunningSnakepit;
import io.snakepit.testing.TestAdapters;
import io.snakepit.testing.TestPython;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A pool whose forked workers hang, though no audit can see why, heals itself. */
class ForkTrialIT {
  /** A library of C whose lock is held at the moment of the fork, by nobody in the child. */
  private static final String LOCKED =
      """
      import ctypes, os
      from snakepit import tool

      C = ctypes.CDLL(None)
      MUTEX = ctypes.create_string_buffer(64)
      os.register_at_fork(
          before=lambda: C.pthread_mutex_lock(MUTEX),
          after_in_parent=lambda: C.pthread_mutex_unlock(MUTEX),
      )

      @tool
      def work() -> int:
          C.pthread_mutex_lock(MUTEX)
          C.pthread_mutex_unlock(MUTEX)
          return os.getpid()
      """;

  /** The same library, used in {@code start()}; or one that ends the process there. */
  private static final String BROKEN_START =
      """
      import ctypes, os, signal
      from snakepit import Adapter, tool

      C = ctypes.CDLL(None)
      MUTEX = ctypes.create_string_buffer(64)
      FORKED = []
      os.register_at_fork(
          before=lambda: C.pthread_mutex_lock(MUTEX),
          after_in_parent=lambda: C.pthread_mutex_unlock(MUTEX),
          after_in_child=lambda: FORKED.append(True),
      )

      class Warm(Adapter):
          def start(self, worker):
              if os.environ["FAULT"] == "hang":
                  C.pthread_mutex_lock(MUTEX)
                  C.pthread_mutex_unlock(MUTEX)
              elif FORKED:
                  os.kill(os.getpid(), signal.SIGSEGV)

          @tool
          def forked(self) -> bool:
              return bool(FORKED)
      """;

  @TempDir Path directory;

  @AfterEach
  void nothingIsLeft() {
    Leftovers.assertNone(directory);
  }

  /** Fails if a start is given up with its first worker, as it has to be where all are fresh. */
  @ParameterizedTest
  @CsvSource({"hang, 1 hung", "die, 1 died"})
  void theHostComesUpThoughForkedWorkersHangOrDieAsTheyStart(String fault, String told) {
    Vertx vertx = RunningSnakepit.newVertx();
    RecordedEvents events = new RecordedEvents(vertx);
    JsonObject pool =
        new JsonObject()
            .put("adapter", TestAdapters.write(directory, "broken", BROKEN_START))
            .put("python", TestPython.executable().toString())
            .put("pythonPath", List.of(directory.toString()))
            .put("size", 2)
            .put("env", new JsonObject().put("FAULT", fault))
            .put("startup", new JsonObject().put("timeoutMs", 10_000));
    JsonObject pools = new JsonObject().put("default", pool);
    try (RunningSnakepit running =
        RunningSnakepit.start(vertx, directory, new JsonObject().put("pools", pools))) {
      assertThat(events.await(Event.POOL_SPAWN_FALLBACK).getString("reason")).contains(told);
      assertThat(events.of(Event.POOL_SPAWN_FALLBACK)).hasSize(1);
      assertThat(running.call(Call.of("forked"))).isEqualTo(false);
      assertThat(Pools.pool(running).getInteger("ready")).isEqualTo(2);
      assertThat(Pools.pool(running).getString("lastError")).contains("forked workers", told);
    }
  }

  /** Fails without the trial: each call hangs until its deadline, for ever. */
  @Test
  void freshInterpretersTakeThePlacesOfForkedWorkersThatHang() {
    Vertx vertx = RunningSnakepit.newVertx();
    RecordedEvents events = new RecordedEvents(vertx);
    JsonObject pool =
        new JsonObject()
            .put("adapter", TestAdapters.write(directory, "locked", LOCKED))
            .put("pythonPath", List.of(directory.toString()))
            .put("size", 2)
            .put("executeTimeoutMs", 300)
            .put("cancelGraceMs", 200);
    JsonObject pools = new JsonObject().put("default", pool);
    try (RunningSnakepit running =
        RunningSnakepit.start(vertx, directory, new JsonObject().put("pools", pools))) {
      for (int i = 0; i < 2; i++) {
        assertThat(running.failure(Call.of("work")).code()).isEqualTo(ErrorCode.EXECUTE_TIMEOUT);
      }
      JsonObject fallback = events.await(Event.POOL_SPAWN_FALLBACK);
      assertThat(fallback.getString("reason"))
          .contains("of the forked workers 2 hung, 0 died and none has ever answered a call");
      assertThat(fallback.getJsonArray("reasons")).hasSize(1);
      events.await(Event.POOL_READY, 2);
      assertThat(events.names().indexOf("pool.degraded"))
          .isBetween(0, events.names().lastIndexOf("pool.ready"));
      Pools.awaitReady(running, 2);
      for (int i = 0; i < 5; i++) {
        assertThat(running.call(Call.of("work").timeoutMs(60_000))).isInstanceOf(Integer.class);
      }
      assertThat(Pools.pool(running).getString("lastError")).contains("forked workers");
      assertThat(Pools.pool(running).getString("state")).isEqualTo("ready");
    }
  }
}
