package io.snakepit.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.snakepit.process.KeeperEvent.Exited;
import io.snakepit.process.KeeperEvent.Imported;
import io.snakepit.process.KeeperEvent.Line;
import io.snakepit.process.KeeperEvent.StartFailed;
import io.snakepit.process.KeeperEvent.Started;
import io.snakepit.process.OutputLine.Source;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests of a real keeper, with workers that do as they want. */
class KeeperIT {
  @TempDir Path directory;

  private KeeperWorkshop workshop;
  private RecordedKeeper recorded;

  @BeforeEach
  void open() throws Exception {
    workshop = new KeeperWorkshop(directory);
    recorded = workshop.recorded;
  }

  @AfterEach
  void close() throws Exception {
    workshop.close();
    assertThat(recorded.strayed()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(StartMethod.class)
  void tellsTheLifeOfWorker(StartMethod method) throws Exception {
    Keeper keeper = workshop.start(method);
    workshop.order(() -> keeper.startWorker("talk-1", "token"));

    Started started = recorded.next(Started.class, any -> true);
    Exited exited = recorded.next(Exited.class, any -> true);

    assertThat(started.worker()).isEqualTo("talk-1");
    assertThat(started.pid()).isGreaterThan(1);
    assertThat(exited).isEqualTo(new Exited("talk-1", new Exit.Status(3)));
    assertThat(recorded.events())
        .containsSubsequence(
            started,
            new Line("talk-1", new OutputLine(Source.STDOUT, "hello from talk-1", 0)),
            exited)
        .contains(new Line("talk-1", new OutputLine(Source.STDERR, "a complaint", 0)));
    assertThat(recorded.events().stream().anyMatch(Imported.class::isInstance))
        .isEqualTo(method != StartMethod.SPAWN);
    assertThat(keeper.python()).startsWith("3.");
    assertStopLeavesNothing(keeper);
  }

  @Test
  void killReachesWhatTheWorkerHasDetached() throws Exception {
    Keeper keeper = workshop.start(StartMethod.FORKSERVER);
    workshop.order(() -> keeper.startWorker("leave-1", "token"));
    Started started = recorded.next(Started.class, any -> true);
    Map<String, String> worker = Map.of("SNAKEPIT_RUN", workshop.run, "SNAKEPIT_WORKER", "leave-1");
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> ProcessTable.system().bearing(worker).size() == 2);
    assertThat(ProcessTable.system().alive(started.pid(), started.startTicks())).isTrue();

    workshop.order(() -> keeper.kill("leave-1", Signals.KILL));

    assertThat(recorded.next(Exited.class, any -> true).exit()).isEqualTo(new Exit.Signal(9));
    assertThat(ProcessTable.system().bearing(worker)).isEmpty();
    assertStopLeavesNothing(keeper);
  }

  @Test
  void termEndsWorkerThatLetsItself() throws Exception {
    Keeper keeper = workshop.start(StartMethod.SPAWN);
    workshop.order(() -> keeper.startWorker("sleep-1", "token"));
    recorded.next(Started.class, any -> true);

    workshop.order(() -> keeper.kill("sleep-1", Signals.TERM));

    assertThat(recorded.next(Exited.class, any -> true).exit()).isEqualTo(new Exit.Signal(15));
    assertThatIllegalArgumentException().isThrownBy(() -> keeper.kill("sleep-1", 1));
    assertStopLeavesNothing(keeper);
  }

  @Test
  void rollImportsAnew() throws Exception {
    Keeper keeper = workshop.start(StartMethod.FORKSERVER);
    recorded.next(Imported.class, any -> true);

    workshop.order(keeper::roll);

    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> recorded.events().stream().filter(Imported.class::isInstance).count() == 2);
    assertStopLeavesNothing(keeper);
  }

  @Test
  void importThatFailsIsToldWithItsTraceback() throws Exception {
    workshop.adapter = "broken_adapter";
    Files.writeString(
        workshop.library.resolve("adapters/broken_adapter.py"), "raise ValueError('no model')\n");
    Keeper keeper = workshop.start(StartMethod.FORKSERVER);
    workshop.order(() -> keeper.startWorker("talk-1", "token"));

    PythonFailure failure = recorded.next(KeeperEvent.ImportFailed.class, any -> true).failure();
    assertThat(failure.type()).isEqualTo("ValueError");
    assertThat(failure.message()).isEqualTo("no model");
    assertThat(failure.traceback()).contains("broken_adapter.py");
    assertThat(recorded.next(StartFailed.class, any -> true).worker()).isEqualTo("talk-1");
    assertStopLeavesNothing(keeper);
  }

  @Test
  void adapterWithThreadsFallsBack() throws Exception {
    workshop.adapter = "threaded_adapter";
    Files.writeString(
        workshop.library.resolve("adapters/threaded_adapter.py"),
        """
        import threading, time
        threading.Thread(target=time.sleep, args=(600,), daemon=True, name="poller").start()
        from standin_adapter import run
        """);
    Keeper keeper = workshop.start(StartMethod.AUTO);
    workshop.order(() -> keeper.startWorker("talk-1", "token"));

    assertThat(recorded.next(KeeperEvent.Fallback.class, any -> true).reasons().toString())
        .contains("poller");
    assertThat(recorded.next(Exited.class, any -> true).exit()).isEqualTo(new Exit.Status(3));
    assertStopLeavesNothing(keeper);
  }

  @ParameterizedTest
  @EnumSource(StartMethod.class)
  void keeperThatIsKilledIsToldOnceAndLeavesNothing(StartMethod method) throws Exception {
    Keeper keeper = workshop.start(method);
    startThree(keeper);

    Signals.send(keeper.pid(), Signals.KILL);

    assertThat(recorded.awaitGone()).startsWith("it ended with ");
    assertThat(workshop.left()).isEmpty();
    workshop.order(() -> keeper.startWorker("late-1", "token"));
    workshop.await(keeper::stop);
    assertThat(recorded.gone()).hasSize(1);
  }

  /** Fails without {@code stop_with_parent}: the keeper would stay without its guard. */
  @ParameterizedTest
  @EnumSource(StartMethod.class)
  void guardThatIsKilledIsToldOnceAndLeavesNothing(StartMethod method) throws Exception {
    Keeper keeper = workshop.start(method);
    startThree(keeper);

    Signals.send(guard(keeper), Signals.KILL);

    assertThat(recorded.awaitGone()).isEqualTo("it ended with signal 9");
    assertThat(workshop.left()).isEmpty();
    workshop.await(keeper::stop);
    assertThat(recorded.gone()).hasSize(1);
  }

  /** Fails without the sweep: what is detached would stay. */
  @Test
  void whatKeeperAndGuardLeaveThatAreKilledTogetherIsSwept() throws Exception {
    Keeper keeper = workshop.start(StartMethod.FORKSERVER);
    startThree(keeper);
    long guard = guard(keeper);

    Signals.send(guard, Signals.KILL);
    Signals.send(keeper.pid(), Signals.KILL);

    assertThat(recorded.awaitGone()).startsWith("it ended with ");
    assertThat(workshop.left()).isEmpty();
  }

  /** Fails without {@code wake_at_end} in the guard, which ends only by SIGKILL then. */
  @Test
  void guardThatIsFrozenIsWokenWhenItsKeeperIsKilled() throws Exception {
    Keeper keeper = workshop.start(StartMethod.FORKSERVER);
    startThree(keeper);
    Signals.send(guard(keeper), 19);

    Signals.send(keeper.pid(), Signals.KILL);

    recorded.awaitGone();
    assertThat(workshop.left()).isEmpty();
  }

  private static long guard(Keeper keeper) {
    return Objects.requireNonNull(ProcessTable.system().read(keeper.pid())).parent();
  }

  @Test
  void whatSurvivesTheKeeperBecauseItsLifelinesFailIsSwept() throws Exception {
    workshop.environment.put("SNAKEPIT_TEST_LIFELINES", "");
    Keeper keeper = workshop.start(StartMethod.FORKSERVER);
    startThree(keeper);

    Signals.send(keeper.pid(), Signals.KILL);

    recorded.awaitGone();
    assertThat(workshop.left()).isEmpty();
  }

  @Test
  void keeperThatIsFrozenIsKilledAfterTheGrace() throws Exception {
    workshop.stopGrace = Duration.ofMillis(200);
    Keeper keeper = workshop.start(StartMethod.FORKSERVER);
    startThree(keeper);
    Signals.send(keeper.pid(), 19);

    assertStopLeavesNothing(keeper);
  }

  @Test
  void stopMayBeCalledAgainAndAfterTheEnd() throws Exception {
    Keeper keeper = workshop.start(StartMethod.SPAWN);

    workshop.await(() -> keeper.stop().compose(done -> keeper.stop()));
    assertStopLeavesNothing(keeper);
  }

  @Test
  void theDoorIsGoneOnceTheKeeperIsInside() throws Exception {
    Keeper keeper = workshop.start(StartMethod.SPAWN);

    assertThat(workshop.socket).doesNotExist();
    if (Files.exists(Path.of("/proc/net/unix"))) {
      assertThat(Files.readString(Path.of("/proc/net/unix")).lines())
          .filteredOn(line -> line.endsWith(workshop.socket.toString()) && listens(line))
          .isEmpty();
    }
    assertStopLeavesNothing(keeper);
  }

  @Test
  void bothLaunchersServe() throws Exception {
    workshop.launcher = new JdkProcessLauncher();
    Keeper keeper = workshop.start(StartMethod.FORKSERVER);
    startThree(keeper);

    assertStopLeavesNothing(keeper);
  }

  @Test
  void listenerThatFailsMissesNothing() throws Exception {
    recorded.failing = true;
    Keeper keeper = workshop.start(StartMethod.SPAWN);
    workshop.order(
        () -> {
          keeper.startWorker("talk-1", "token");
          keeper.startWorker("talk-1", "again");
          keeper.startWorker("talk-1", "and again");
        });

    recorded.next(Exited.class, any -> true);
    assertThat(recorded.events())
        .filteredOn(each -> each.toString().contains("order ignored"))
        .as("told in one go with the start")
        .hasSize(2);
    assertStopLeavesNothing(keeper);
  }

  private void startThree(Keeper keeper) throws Exception {
    workshop.order(
        () -> {
          keeper.startWorker("sleep-1", "token");
          keeper.startWorker("leave-2", "token");
          keeper.startWorker("leave-3", "token");
        });
    recorded.next(Started.class, started -> started.worker().equals("leave-3"));
  }

  private void assertStopLeavesNothing(Keeper keeper) throws Exception {
    workshop.await(keeper::stop);

    assertThat(workshop.left()).isEmpty();
    assertThat(workshop.socket).doesNotExist();
    assertThat(recorded.gone()).isEmpty();
  }

  /** Returns whether a socket's line in /proc/net/unix has the flag __SO_ACCEPTCON. */
  private static boolean listens(String line) {
    return line.split(" +", -1)[3].equals("00010000");
  }
}
