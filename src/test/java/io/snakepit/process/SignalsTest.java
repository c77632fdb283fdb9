package io.snakepit.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.snakepit.process.ProcessTable.Entry;
import io.snakepit.process.Signals.Outcome;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
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
    await().until(() -> table.read(process.pid()).group() == process.pid());

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
