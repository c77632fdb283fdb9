package io.snakepit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.config.SnakepitOptions;
import io.snakepit.diagnostics.FakeMachine;
import io.snakepit.diagnostics.FakeTrials;
import io.snakepit.diagnostics.Trial;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScalingCommandTest {
  @TempDir Path home;
  private final FakeMachine machine = FakeMachine.linux();
  private final FakeTrials trials = new FakeTrials(machine, 100);
  private final List<SnakepitOptions> given = new ArrayList<>();
  private final CompletableFuture<IntSupplier> onSignal = new CompletableFuture<>();
  private boolean closed;
  private boolean forgotten;
  private int failAt = -1;
  private boolean signalOnStart;

  private final class Pools implements TrialPools {
    private final String pool;
    private final Options options;

    Pools(String pool, Options options) {
      this.pool = pool;
      this.options = options;
    }

    @Override
    public Trial start(int workers) {
      if (signalOnStart) {
        assertThat(onSignal.join().getAsInt()).isEqualTo(1);
        throw CommandFailure.failed("it was stopped");
      }
      if (workers == failAt) {
        throw CommandFailure.failed("the start failed: no module named tools");
      }
      SnakepitOptions trial = options.of(workers, home.resolve("trial"));
      assertThat(trial.pools()).containsOnlyKeys(pool);
      given.add(trial);
      return trials.start(workers);
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private CommandRun scaling(String... flags) {
    List<String> arguments = new ArrayList<>(List.of("diagnose", "scaling"));
    arguments.addAll(List.of(flags));
    StopSignals signals =
        drain -> {
          onSignal.complete(drain);
          return () -> forgotten = true;
        };
    CommandContext around =
        CommandContext.ofProcess()
            .withPools((pool, options, progress) -> new Pools(pool, options), machine)
            .withSignals(signals);
    return CommandRun.around(around, home, arguments.toArray(String[]::new));
  }

  @Test
  void printsOneTableOfLimitsAndWhatToDo() {
    CommandRun run = scaling("--max", "8");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.outText())
        .contains("pool default, adapter snakepit.adapters.showcase")
        .containsPattern("memory +MemAvailable +8.0 GiB ")
        .containsPattern("pids +cgroup pids.max +no limit ")
        .containsPattern("cpu +processors +4 +1 +4\n")
        .containsPattern("configuration +pools.\\*.size +1,000 +1 +1,000\n")
        .containsPattern("compute +cpu, processors +4\n")
        .contains("for tools that compute: size 4, profile process\n")
        .contains("for tools that wait: size 4, profile async or thread, concurrency 16\n");
    assertThat(run.outText().lines())
        .as("a terminal's width is not for ever")
        .allMatch(line -> line.length() <= 120);
    assertThat(closed).isTrue();
    assertThat(forgotten).isTrue();
    assertThat(trials.open()).isZero();
  }

  @Test
  void tellsOnStandardErrorWhatItIsDoing() {
    assertThat(scaling("--max=2").err().lines())
        .containsExactly(
            "warming up", "measuring 1 of up to 2 workers", "measuring 2 of up to 2 workers");
  }

  @Test
  void printsJson() {
    JsonObject json = new JsonObject(scaling("--max=2", "--json").out());

    assertThat(json.getString("pool")).isEqualTo("default");
    assertThat(json.getJsonArray("steps")).hasSize(2);
    assertThat(json.getJsonObject("firstLimit").getString("resource")).isEqualTo("cpu");
  }

  @Test
  void startsThePoolAsItIsConfiguredButAloneAndWithoutDoors() throws IOException {
    Path file =
        Files.writeString(
            home.resolve("my.yaml"),
            "dataDir: mine\npools: {one: {size: 9, maxQueue: 7, required: false}, two: {}}\n");

    scaling("--config", file.toString(), "--pool", "one", "--adapter", "tools:Mine", "--max=3");

    assertThat(given).extracting(each -> each.pools().get("one").size().max()).contains(1, 2, 3);
    assertThat(given)
        .allSatisfy(
            each -> {
              assertThat(each.http().enabled()).isFalse();
              assertThat(each.grpc().enabled()).isFalse();
              assertThat(each.dataDir()).isEqualTo(home.resolve("trial"));
              assertThat(each.instance()).isEqualTo("diagnose");
              assertThat(each.pools().get("one").adapter()).isEqualTo("tools:Mine");
              assertThat(each.pools().get("one").maxQueue()).isEqualTo(7);
              assertThat(each.pools().get("one").required()).isTrue();
            });
  }

  @Test
  void takesTheOnlyPool() throws IOException {
    LauncherSandbox.write(home.resolve("conf/snakepit.yaml"), "pools: {ml: {}}\n");

    assertThat(scaling("--max=1").outText()).startsWith("pool ml,");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "three"})
  void namesThePoolsWhereNoneIsMeant(String pool) throws IOException {
    LauncherSandbox.write(home.resolve("conf/snakepit.yaml"), "pools: {one: {}, two: {}}\n");

    CommandRun run = scaling("--pool=" + pool);

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("one, two");
    assertThat(given).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-3", "1001", "many"})
  void refusesASizeThatNoPoolCanHave(String max) {
    CommandRun run = scaling("--max", max);

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("--max", max);
    assertThat(given).isEmpty();
  }

  @Test
  void refusesAnAdapterThatIsNoModule() {
    CommandRun run = scaling("--adapter", "my tools");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("--adapter", "pools.default.adapter", "my tools");
    assertThat(given).isEmpty();
  }

  @Test
  void namesAFileThatIsNotThere() {
    CommandRun run = scaling("--config", home.resolve("none.yaml").toString());

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("none.yaml");
  }

  /** Fails if the command does not close its pools when one can't be started. */
  @Test
  void aFailedStartSaysWhyAndLeavesNothing() {
    failAt = 2;

    CommandRun run = scaling();

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.outText()).isEmpty();
    assertThat(run.err()).endsWith("the start failed: no module named tools\n");
    assertThat(closed).isTrue();
    assertThat(forgotten).isTrue();
  }

  @Test
  void aSignalEndsThePoolsWithoutComplaint() {
    signalOnStart = true;

    CommandRun run = scaling();

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.outText()).isEmpty();
    assertThat(run.err()).contains("stopping").doesNotContain("it was stopped");
    assertThat(closed).isTrue();
  }

  @Test
  void withoutADiagnosisNamesThem() {
    CommandRun run = CommandRun.of("diagnose");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).startsWith("which diagnosis?").contains("scaling");
  }

  @Test
  void helpsWithExamples() {
    CommandRun run = CommandRun.of("diagnose", "scaling", "--help");

    assertThat(run.exitCode()).isZero();
    assertThat(run.outText()).contains("--max=N", "--adapter=SPEC", "else 8", "Examples:");
  }
}
