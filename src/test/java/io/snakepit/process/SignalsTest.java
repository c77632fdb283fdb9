package io.snakepit.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.snakepit.process.ProcessTable.Entry;
import io.snakepit.process.Signals.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignalsTest {
  private final ProcessTable table = ProcessTable.system();
  private Process process;

  @BeforeEach
  void start() throws Exception {
    process = new ProcessBuilder("setsid", "sleep", "60").start();
  }

  @AfterEach
  void leaveNothing() {
    process.destroyForcibly();
  }

  @Test
  void reachesProcess() throws Exception {
    assertThat(Signals.send(process.pid(), Signals.TERM)).isEqualTo(Outcome.SENT);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(128 + Signals.TERM);
  }

  @Test
  void reachesGroup() throws Exception {
    awaitGroup();

    assertThat(Signals.sendToGroup(process.pid(), Signals.KILL)).isEqualTo(Outcome.SENT);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(128 + Signals.KILL);
  }

  @Test
  void processThatHasEndedIsNoError() throws Exception {
    process.destroyForcibly().waitFor();

    assertThat(Signals.send(process.pid(), Signals.TERM)).isEqualTo(Outcome.GONE);
    assertThat(Signals.sendToGroup(process.pid(), Signals.TERM)).isEqualTo(Outcome.GONE);
  }

  @Test
  void numberThatIsNoSignalIsTheCallersFault() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Signals.send(process.pid(), 999))
        .withMessage("not a signal");
  }

  @Test
  void recycledPidIsNotSignalled() {
    Entry real = table.read(process.pid());
    Entry earlier = new Entry(real.pid(), real.parent(), 0, 0, 'S', real.startTicks() - 1);

    assertThat(Signals.send(table, earlier, Signals.KILL)).isEqualTo(Outcome.GONE);
    assertThat(process.isAlive()).isTrue();
  }

  @Test
  void exactProcessIsSignalled() throws Exception {
    Entry real = table.read(process.pid());

    assertThat(Signals.send(table, real, Signals.KILL)).isEqualTo(Outcome.SENT);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(Signals.send(table, real, Signals.KILL)).isEqualTo(Outcome.GONE);
  }

  /** Fails where {@code killGroupOf} does not compare the start times. */
  @Test
  void groupOfRecycledPidIsNotKilled() throws Exception {
    awaitGroup();
    long ticks = table.read(process.pid()).startTicks();

    for (long other : new long[] {ticks - 1, ticks + 1, 0}) {
      assertThat(Signals.killGroupOf(table, process.pid(), other)).isEqualTo(Outcome.GONE);
    }
    assertThat(Signals.killGroupOf(table, 1, table.read(1).startTicks())).isEqualTo(Outcome.GONE);
    assertThat(process.waitFor(200, TimeUnit.MILLISECONDS)).isFalse();
  }

  /** Fails where {@code killGroupOf} takes two start times that nobody knows for the same. */
  @Test
  void groupOfUnknownStartTimeIsNotKilled(@TempDir Path proc) throws Exception {
    awaitGroup();
    Files.createDirectories(proc.resolve("self"));
    Path stat = Files.createDirectories(proc.resolve(String.valueOf(process.pid())));
    Files.writeString(
        stat.resolve("stat"),
        "%1$d (sleep) S 1 %1$d %1$d%2$s".formatted(process.pid(), " 0".repeat(40)));
    ProcessTable unsure = new ProcessTable(proc);
    assertThat(unsure.read(process.pid()).startTicks()).isZero();

    assertThat(Signals.killGroupOf(unsure, process.pid(), 0)).isEqualTo(Outcome.GONE);
    assertThat(process.isAlive()).isTrue();
  }

  /** Fails where {@code killGroupOf} does nothing, and where it kills the leader alone. */
  @Test
  void groupOfExactlyThatProcessIsKilled() throws Exception {
    process.destroyForcibly().waitFor();
    process = new ProcessBuilder("setsid", "sh", "-c", "sleep 60 & wait").start();
    awaitGroup();
    await().until(() -> process.children().count() == 1);
    ProcessHandle child = process.children().findFirst().orElseThrow();

    assertThat(Signals.killGroupOf(table, process.pid(), table.read(process.pid()).startTicks()))
        .isEqualTo(Outcome.SENT);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(128 + Signals.KILL);
    try {
      await().until(() -> !child.isAlive());
    } finally {
      child.destroyForcibly();
    }
  }

  private void awaitGroup() {
    await().until(() -> table.read(process.pid()).group() == process.pid());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 0, -1, Integer.MIN_VALUE, 1L + Integer.MAX_VALUE})
  void refusesInitAndWholeGroups(long pid) {
    assertThatIllegalArgumentException().isThrownBy(() -> Signals.send(pid, Signals.KILL));
    assertThatIllegalArgumentException().isThrownBy(() -> Signals.sendToGroup(pid, Signals.KILL));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Signals.send(table, new Entry(pid, 0, 0, 0, 'S', 0), Signals.KILL));
  }

  @Test
  void refusesWhatIsNoSignal() {
    assertThatIllegalArgumentException().isThrownBy(() -> Signals.send(process.pid(), 999));
  }
}
