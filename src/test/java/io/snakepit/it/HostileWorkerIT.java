package io.snakepit.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.Event;
import io.snakepit.api.SnakepitException;
import io.snakepit.testing.Leftovers;
import io.snakepit.testing.RecordedEvents;
import io.snakepit.testing.RunningSnakepit;
import io.snakepit.testing.TestAdapters;
import io.snakepit.testing.TestPython;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * E3: workers whose code has got hold of their connections flood them. Each is ended, which is told
 * once; the pool beside it goes on, and the host holds no more memory than before.
 */
class HostileWorkerIT {
  private static final long MIB = 1024 * 1024;

  @TempDir Path directory;
  private RunningSnakepit running;
  private RecordedEvents events;

  @BeforeEach
  void start() {
    JsonObject pool =
        new JsonObject()
            .put("adapter", TestAdapters.write(directory, "hostile", TestAdapters.HOSTILE))
            .put("python", TestPython.executable().toString())
            .put("pythonPath", new JsonArray().add(directory.toString()))
            .put("size", 1);
    JsonObject pools = new JsonObject().put("default", pool).put("other", pool.copy());
    Vertx vertx = RunningSnakepit.newVertx();
    events = new RecordedEvents(vertx);
    running = RunningSnakepit.start(vertx, directory, new JsonObject().put("pools", pools));
    // Never answers: so the calls of a worker that asks and asks are all under way.
    running.snakepit().tool("never", args -> io.vertx.core.Promise.<Object>promise().future());
  }

  @AfterEach
  void stop() {
    running.close();
    Leftovers.assertNone(directory);
  }

  private static long heapInUse() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private void theOtherPoolGoesOn() {
    assertThat(running.call(Call.of("ok").pool("other"))).isEqualTo(true);
  }

  /** Fails where the flood is taken in, or passed over: then its worker never ends. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "results",
        "failures",
        "chunks",
        "own-chunks",
        "blocked",
        "credit",
        "pongs",
        "host-calls"
      })
  void aWorkerThatFloodsItsConnectionsIsEndedAndNothingElse(String kind) {
    long before = heapInUse();

    SnakepitException error =
        Pools.failureOf(running.snakepit().execute(Call.of("attack").with("kind", kind)));

    assertThat(error.code()).isEqualTo(ErrorCode.WORKER_CRASHED);
    assertThat(error.detail()).contains("broke the protocol");
    theOtherPoolGoesOn();
    Pools.awaitReady(running, 1);
    assertThat(running.call(Call.of("ok"))).isEqualTo(true);
    assertThat(heapInUse() - before).as("bytes held").isLessThan(16 * MIB);
    assertThat(events.of(Event.WORKER_CRASHED)).as("told once").hasSize(1);
  }

  /** Fails if credit is a worker's own affair. */
  @Test
  void aStreamThatSendsMoreThanItsCreditEndsBehindWhatWasWithinIt() {
    SnakepitException error =
        Pools.failureOf(running.snakepit().stream(Call.of("overrun")).handler(c -> {}).end());
    assertThat(error.code()).isEqualTo(ErrorCode.WORKER_CRASHED);
    theOtherPoolGoesOn();
    Pools.awaitReady(running, 1);
  }

  /** Fails if what a worker prints piles up, or holds up the others. */
  @Test
  void aWorkerThatFloodsItsLogGoesOnWithTheSurplusDropped() {
    long before = heapInUse();
    Object lines = running.call(Call.of("shout").with("seconds", 1.5));
    assertThat((int) lines).isPositive();
    theOtherPoolGoesOn();
    assertThat(heapInUse() - before).as("bytes held").isLessThan(16 * MIB);
    assertThat(running.call(Call.of("ok"))).isEqualTo(true);
  }
}
