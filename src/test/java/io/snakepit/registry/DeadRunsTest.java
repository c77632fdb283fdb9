package io.snakepit.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.snakepit.bus.RecordKind;
import io.snakepit.process.ProcessTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** P4, P5, P6: who is killed for a dead run, and who never is. */
class DeadRunsTest {
  private static final String INSTANCE = "tested-" + UUID.randomUUID();

  /** A pid that no process has: the kernel's highest is 2^22. */
  private static final long NOBODY = 1 << 23;

  @TempDir Path dataDir;
  private final ProcessTable table = ProcessTable.system();
  private final List<Process> started = new ArrayList<>();
  private final List<String> told = new ArrayList<>();

  @AfterEach
  void endAll() {
    started.forEach(Process::destroyForcibly);
  }

  private int sweep() throws IOException {
    return new DeadRuns(dataDir, INSTANCE, table, new Told()).sweep();
  }

  private final class Told implements DeadRuns.OrphanListener {
    @Override
    public void found(DeadRuns.Orphan orphan) {
      told.add("found " + orphan.worker() + " of " + orphan.pool());
    }

    @Override
    public void killed(DeadRuns.Orphan orphan) {
      told.add("killed " + orphan.worker());
    }
  }

  private Process process(Map<String, String> marks) throws IOException {
    ProcessBuilder builder = new ProcessBuilder("sleep", "600");
    builder.environment().putAll(marks);
    Process process = builder.start();
    started.add(process);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> table.environment(process.pid()).entrySet().containsAll(marks.entrySet()));
    return process;
  }

  private static Map<String, String> marks(String run, String instance) {
    Map<String, String> marks = new HashMap<>();
    marks.put("SNAKEPIT_RUN", run);
    marks.put("SNAKEPIT_INSTANCE", instance);
    marks.put("SNAKEPIT_POOL", "main");
    marks.put("SNAKEPIT_WORKER", "main-1");
    return marks;
  }

  /** Makes a run whose host has died: nobody holds its lock. */
  private ProcessRecords deadRun(String run, String instance) throws IOException {
    return deadRun(new RunIdentity(instance, run, bootId(), NOBODY, 1, runPath(run)));
  }

  private ProcessRecords deadRun(RunIdentity identity) throws IOException {
    Path path = runPath(identity.run());
    Files.createDirectories(path.resolve(RunDirectory.RECORDS));
    Files.createFile(path.resolve("lock"));
    RecordFile.write(path.resolve(RunDirectory.HOST), identity.fields());
    return new ProcessRecords(path.resolve(RunDirectory.RECORDS), identity, table);
  }

  private Path runPath(String run) {
    return RunDirectory.path(dataDir, run);
  }

  private static String bootId() {
    return RunIdentity.current("", "", Path.of("")).boot();
  }

  private static boolean ends(Process process) throws InterruptedException {
    return process.waitFor(20, TimeUnit.SECONDS);
  }

  /** Fails without {@code table.bearing(marks)} in Sweep.find. */
  @Test
  void whatADeadRunHasLeftIsKilledAndForgotten() throws Exception {
    String run = UUID.randomUUID().toString();
    deadRun(run, INSTANCE).reserve("main-1", RecordKind.WORKER, "main", Instant.now());
    Process orphan = process(marks(run, INSTANCE));
    assertThat(sweep()).isEqualTo(1);
    assertThat(ends(orphan)).isTrue();
    assertThat(runPath(run)).doesNotExist();
    assertThat(told).containsExactly("found main-1 of main", "killed main-1");
  }

  /**
   * Covers a process whose environment may be gone: a program that renames itself writes over it.
   */
  @Test
  void aProcessOnRecordIsKnownWithoutItsMarks() throws Exception {
    String run = UUID.randomUUID().toString();
    ProcessRecords records = deadRun(run, INSTANCE);
    Process orphan = process(Map.of());
    records.reserve("main-7", RecordKind.WORKER, "main", Instant.now());
    records.activate("main-7", orphan.pid(), 0);
    assertThat(sweep()).isEqualTo(1);
    assertThat(ends(orphan)).isTrue();
    assertThat(told).containsExactly("found main-7 of main", "killed main-7");
  }

  /** Fails if the start time is not compared (P5). */
  @Test
  void aPidThatBelongsToAnotherByNowIsNeverSignalled() throws Exception {
    String run = UUID.randomUUID().toString();
    ProcessRecords records = deadRun(run, INSTANCE);
    Process other = process(Map.of());
    long ticks = table.read(other.pid()).startTicks();
    records.reserve("main-1", RecordKind.WORKER, "main", Instant.now());
    records.activate("main-1", other.pid(), ticks - 1);
    assertThat(sweep()).isZero();
    assertThat(other.isAlive()).isTrue();
    assertThat(runPath(run)).doesNotExist();
  }

  /** Fails if boots are not compared (P5). */
  @Test
  void recordsOfAnEarlierBootNameNobody() throws Exception {
    String run = UUID.randomUUID().toString();
    Process other = process(marks(run, INSTANCE));
    ProcessRecords records =
        deadRun(new RunIdentity(INSTANCE, run, "another-boot", NOBODY, 1, runPath(run)));
    records.reserve("main-1", RecordKind.WORKER, "main", Instant.now());
    records.activate("main-1", other.pid(), 0);
    assertThat(sweep()).isZero();
    assertThat(other.isAlive()).isTrue();
    assertThat(runPath(run)).doesNotExist();
  }

  /**
   * Fails if more is killed than what bears the names of a dead run of this instance (P6), as it is
   * without INSTANCE_MARK.
   */
  @Test
  void otherProcessesAndInstancesAreLeftAlone() throws Exception {
    String run = UUID.randomUUID().toString();
    String other = UUID.randomUUID().toString();
    deadRun(run, INSTANCE);
    deadRun(other, "another");
    Process plain = process(Map.of());
    Process ofAnotherInstance = process(marks(other, "another"));
    Process ofAnotherInstanceInOurRun = process(marks(run, "another"));
    Process ofNoKnownRun = process(marks("unknown-" + other, INSTANCE));
    Process orphan = process(marks(run, INSTANCE));
    assertThat(sweep()).isEqualTo(1);
    assertThat(ends(orphan)).isTrue();
    assertThat(List.of(plain, ofAnotherInstance, ofAnotherInstanceInOurRun, ofNoKnownRun))
        .allMatch(Process::isAlive);
    assertThat(runPath(other)).exists();
  }

  /** Fails if the lock is not looked at (P14). */
  @Test
  void aRunWhoseLockIsHeldIsAlive() throws Exception {
    String run = UUID.randomUUID().toString();
    deadRun(run, INSTANCE);
    Process worker = process(marks(run, INSTANCE));
    Process holder = holdLock(runPath(run));
    assertThat(sweep()).isZero();
    assertThat(worker.isAlive()).isTrue();
    assertThat(runPath(run)).exists();
    holder.destroyForcibly();
    assertThat(ends(holder)).isTrue();
    assertThat(sweep()).isEqualTo(1);
  }

  /** Starts another process that holds a run's lock: locks are between processes. */
  private Process holdLock(Path run) throws IOException {
    String program =
        """
        import fcntl, sys, time
        lock = open(sys.argv[1], "r+")
        fcntl.lockf(lock, fcntl.LOCK_EX)
        print("held", flush=True)
        time.sleep(600)
        """;
    Process holder =
        new ProcessBuilder("python3", "-c", program, run.resolve("lock").toString()).start();
    started.add(holder);
    assertThat(holder.inputReader().readLine()).isEqualTo("held");
    return holder;
  }

  /**
   * Fails if a run of this JVM counts as dead, as it does without {@code isAlive} (P14): no lock
   * tells the runs of one JVM apart.
   */
  @Test
  void aRunOfThisVeryJvmIsAlive() throws Exception {
    String run = UUID.randomUUID().toString();
    RunDirectory live = RunDirectory.create(dataDir, INSTANCE, run, runPath(run));
    Process worker = process(marks(run, INSTANCE));
    assertThat(sweep()).isZero();
    assertThat(sweep()).isZero();
    assertThat(worker.isAlive()).isTrue();
    assertThat(lockSeenFromOutside(runPath(run))).isEqualTo("held");
    live.remove();
    assertThat(runPath(run)).doesNotExist();
  }

  private static String lockSeenFromOutside(Path run) throws IOException {
    String program =
        """
        import fcntl, sys
        try:
            fcntl.lockf(open(sys.argv[1], "r+"), fcntl.LOCK_EX | fcntl.LOCK_NB)
            print("free")
        except OSError:
            print("held")
        """;
    Process asker =
        new ProcessBuilder("python3", "-c", program, run.resolve("lock").toString()).start();
    return asker.inputReader().readLine();
  }

  @Test
  void aDirectoryThatWasNeverFinishedIsRemovedOnceItIsOld() throws Exception {
    Path young = runPath(RunDirectory.UNFINISHED + "young");
    Path old = runPath(RunDirectory.UNFINISHED + "old");
    Files.createDirectories(young);
    Files.createDirectories(old.resolve(RunDirectory.RECORDS));
    Files.setLastModifiedTime(old, FileTime.from(Instant.now().minusSeconds(3_600)));
    sweep();
    assertThat(young).exists();
    assertThat(old).doesNotExist();
  }

  @Test
  void aRemovalThatWasInterruptedIsFinished() throws Exception {
    Files.createDirectories(runPath("half"));
    Files.createFile(runPath("half").resolve("lock"));
    sweep();
    assertThat(runPath("half")).doesNotExist();
  }

  /** Fails if the remains of a run are removed from under the host that is about to do so. */
  @Test
  void aRemovalThatIsUnderWayIsLeftToItsHost() throws Exception {
    Files.createDirectories(runPath("half"));
    Files.createFile(runPath("half").resolve("lock"));
    holdLock(runPath("half"));
    sweep();
    assertThat(runPath("half").resolve("lock")).exists();
  }

  /** Fails if a run is forgotten, or told as killed, of which something is still there. */
  @Test
  void aRunIsKeptUntilNothingOfItIsLeft() throws Exception {
    String run = UUID.randomUUID().toString();
    deadRun(run, INSTANCE).reserve("main-1", RecordKind.WORKER, "main", Instant.now());
    Process orphan = process(marks(run, INSTANCE));
    assertThat(new DeadRuns(dataDir, INSTANCE, table, new Told(), Duration.ZERO).sweep()).isZero();
    assertThat(runPath(run).resolve(RunDirectory.RECORDS).resolve("main-1")).exists();
    assertThat(told).containsExactly("found main-1 of main");
    assertThat(sweep()).isEqualTo(1);
    assertThat(ends(orphan)).isTrue();
    assertThat(runPath(run)).doesNotExist();
  }

  @Test
  void aFolderOfSomebodyElsesIsLeftAlone() throws Exception {
    Files.createDirectories(runPath("mine"));
    Files.writeString(runPath("mine").resolve("notes"), "keep");
    sweep();
    assertThat(runPath("mine").resolve("notes")).hasContent("keep");
  }

  @Test
  void socketsThatLieElsewhereAreRemovedToo() throws Exception {
    Path sockets = Files.createTempDirectory("snakepit-test-");
    Files.createFile(sockets.resolve("main.sock"));
    String run = UUID.randomUUID().toString();
    deadRun(new RunIdentity(INSTANCE, run, bootId(), NOBODY, 1, sockets));
    sweep();
    assertThat(sockets).doesNotExist();
  }

  @Test
  void aRunThatMakesNoSenseIsKeptAndTheOthersAreCleared() throws Exception {
    Files.createDirectories(runPath("a"));
    Files.writeString(runPath("a").resolve(RunDirectory.HOST), "gibberish");
    deadRun("b", INSTANCE);
    sweep();
    assertThat(runPath("a")).exists();
    assertThat(runPath("b")).doesNotExist();
  }
}
