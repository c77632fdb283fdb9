package io.snakepit.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class SweepTest {
  private final String run = UUID.randomUUID().toString();
  private final Map<String, String> marks = Map.of("SNAKEPIT_RUN", run, "SNAKEPIT_POOL", "main");
  private final List<Process> processes = new ArrayList<>();

  @AfterEach
  void leaveNothing() {
    processes.forEach(Process::destroyForcibly);
  }

  @Test
  void killsWhatBearsTheMarksAndNothingElse() throws Exception {
    Process ours = start("main", "trap '' TERM HUP; while :; do sleep 1; done");
    Process detached = start("main", "setsid sleep 60 & wait");
    Process other = start("other", "exec sleep 60");

    Sweep.Result result = Sweep.kill(ProcessTable.system(), marks, Duration.ofSeconds(30));

    assertThat(result.left()).isEmpty();
    assertThat(result.killed()).hasSizeGreaterThanOrEqualTo(2);
    assertThat(ours.waitFor()).isEqualTo(137);
    assertThat(detached.waitFor()).isEqualTo(137);
    assertThat(other.isAlive()).isTrue();
    assertThat(ProcessTable.system().bearing(marks)).isEmpty();
  }

  @Test
  void findsNothingToDo() {
    assertThat(Sweep.kill(ProcessTable.system(), marks, Duration.ofSeconds(1)))
        .isEqualTo(new Sweep.Result(List.of(), List.of()));
  }

  @Test
  void tellsWhatIsLeftWhenPatienceEnds() throws Exception {
    start("main", "exec sleep 60");

    assertThat(Sweep.kill(ProcessTable.system(), marks, Duration.ZERO).left()).isNotEmpty();
  }

  /** Of what is on record, that is found which lives and bears no mark any more, and once. */
  @Test
  void findsWhatIsOnRecordUnlessItHasEnded() throws Exception {
    Process marked = start("main", "exec sleep 60");
    Process unmarked = new ProcessBuilder("sleep", "60").start();
    processes.add(unmarked);
    Process ended = new ProcessBuilder("sleep", "60").start();
    processes.add(ended);
    List<ProcessTable.Entry> known = List.of(entry(marked), entry(unmarked), entry(ended));
    ended.destroyForcibly().waitFor();

    assertThat(new Sweep(ProcessTable.system(), marks, known).find())
        .extracting(ProcessTable.Entry::pid)
        .containsExactlyInAnyOrder(marked.pid(), unmarked.pid());
  }

  private static ProcessTable.Entry entry(Process process) {
    return Objects.requireNonNull(ProcessTable.system().read(process.pid()));
  }

  @Test
  void refusesToSweepEverything() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Sweep.kill(ProcessTable.system(), Map.of(), Duration.ofSeconds(1)));
  }

  private Process start(String pool, String script) throws Exception {
    ProcessBuilder builder = new ProcessBuilder("sh", "-c", script);
    builder.environment().put("SNAKEPIT_RUN", run);
    builder.environment().put("SNAKEPIT_POOL", pool);
    Process process = builder.start();
    processes.add(process);
    return process;
  }
}
