package io.snakepit.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.process.ProcessTable.Entry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProcessTableTest {
  private static final String STAT =
      "42 (%s) S 7 42 41 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 12345 1000 100 18446744073709551615";
  private static final Map<String, String> MARKS =
      Map.of("SNAKEPIT_RUN", "r1", "SNAKEPIT_POOL", "main");

  @TempDir Path proc;

  @Test
  void readsLineOfStat() {
    assertThat(parse(STAT.formatted("python3"))).isEqualTo(new Entry(42, 7, 42, 41, 'S', 12345));
  }

  @Test
  void namesMayHoldAnything() {
    assertThat(parse(STAT.formatted("a) R 1 (b c"))).isEqualTo(parse(STAT.formatted("x")));
  }

  @ParameterizedTest
  @CsvSource({"Z, true", "X, true", "R, false", "T, false"})
  void whatHasEndedIsAZombieUntilItIsReaped(char state, boolean zombie) {
    assertThat(new Entry(42, 7, 42, 41, state, 12345).zombie()).isEqualTo(zombie);
  }

  @Test
  void brokenLineIsNobody() {
    assertThat(parse("")).isNull();
    assertThat(parse("42 (python3")).isNull();
    assertThat(parse("42 (python3) S 1 2")).isNull();
    assertThat(parse(") (")).isNull();
  }

  @Test
  void findsWhatBearsMarks() throws Exception {
    process(42, 'S', "PATH=/bin\0SNAKEPIT_POOL=main\0SNAKEPIT_RUN=r1\0");
    process(43, 'S', "SNAKEPIT_POOL=other\0SNAKEPIT_RUN=r1\0");
    process(44, 'S', "XSNAKEPIT_RUN=r1\0SNAKEPIT_RUN=r10\0SNAKEPIT_POOL=main\0");
    process(45, 'Z', "SNAKEPIT_POOL=main\0SNAKEPIT_RUN=r1\0");
    process(46, 'S', "");
    process(ProcessHandle.current().pid(), 'S', "SNAKEPIT_POOL=main\0SNAKEPIT_RUN=r1\0");

    assertThat(new ProcessTable(proc).bearing(MARKS)).extracting(Entry::pid).containsExactly(42L);
  }

  @Test
  void processThatVanishesWhileItIsReadIsNotThere() throws Exception {
    Files.createDirectory(proc.resolve("self"));
    Files.createDirectory(proc.resolve("42"));

    ProcessTable table = new ProcessTable(proc);
    assertThat(table.all()).isEmpty();
    assertThat(table.read(42)).isNull();
    assertThat(table.environment(42)).isEmpty();
    assertThat(table.bearing(MARKS)).isEmpty();
  }

  @Test
  void theStartTimeOfNobodyIsZero() throws Exception {
    stat(42, 'S', 1);

    ProcessTable table = new ProcessTable(proc);
    assertThat(table.startTicks(42)).isEqualTo(12345);
    assertThat(table.startTicks(43)).isZero();
  }

  @Test
  void readsEnvironment() throws Exception {
    process(42, 'S', "A=1\0B=x=y\0odd\0=z\0");

    assertThat(new ProcessTable(proc).environment(42)).isEqualTo(Map.of("A", "1", "B", "x=y"));
  }

  @Test
  void zombieOfOursIsLeftAndZombieOfOthersIsGone() throws Exception {
    long self = ProcessHandle.current().pid();
    process(42, 'S', "SNAKEPIT_POOL=main\0SNAKEPIT_RUN=r1\0");
    stat(50, 'Z', 42);
    stat(51, 'Z', self);
    stat(52, 'Z', 1);

    assertThat(new ProcessTable(proc).left(MARKS))
        .extracting(Entry::pid)
        .containsExactlyInAnyOrder(42L, 50L, 51L);
  }

  @Test
  void zombieIsNotAlive() throws Exception {
    stat(42, 'S', 1);
    stat(43, 'Z', 1);

    ProcessTable table = new ProcessTable(proc);
    assertThat(table.alive(42, 12345)).isTrue();
    assertThat(table.alive(42, 12344)).isFalse();
    assertThat(table.alive(43, 12345)).isFalse();
    assertThat(table.alive(44, 12345)).isFalse();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void findsItself() {
    long self = ProcessHandle.current().pid();
    Entry entry = ProcessTable.system().read(self);

    assertThat(entry).isNotNull();
    assertThat(entry.parent()).isEqualTo(ProcessHandle.current().parent().orElseThrow().pid());
    assertThat(ProcessTable.system().environment(self)).isEqualTo(System.getenv());
    assertThat(ProcessTable.system().all()).anyMatch(each -> each.same(entry));
  }

  @Test
  void withoutProcTheJdkTells() {
    ProcessTable table = new ProcessTable(proc.resolve("none"));
    ProcessHandle self = ProcessHandle.current();

    Entry entry = table.read(self.pid());
    assertThat(entry).isNotNull();
    assertThat(entry.parent()).isEqualTo(self.parent().orElseThrow().pid());
    assertThat(entry.startTicks())
        .isEqualTo(self.info().startInstant().orElseThrow().toEpochMilli());
    assertThat(table.all()).anyMatch(each -> each.same(entry));
    assertThat(table.bearing(MARKS)).isEmpty();
  }

  private static Entry parse(String stat) {
    return ProcessTable.parse(stat.getBytes(StandardCharsets.UTF_8));
  }

  private void process(long pid, char state, String environ) throws Exception {
    stat(pid, state, 1);
    Files.writeString(proc.resolve(pid + "/environ"), environ);
  }

  private void stat(long pid, char state, long parent) throws Exception {
    Files.createDirectories(proc.resolve("self"));
    Files.createDirectories(proc.resolve(Long.toString(pid)));
    String stat = STAT.formatted("x").replace("42 (x) S 7", pid + " (x) " + state + " " + parent);
    Files.writeString(proc.resolve(pid + "/stat"), stat);
  }
}
