package io.snakepit.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.snakepit.bus.RecordKind;
import io.snakepit.process.ProcessTable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessRecordsTest {
  private static final Instant AT = Instant.parse("2026-11-23T08:00:00Z");

  /** A pid that no process has: the kernel's highest is 2^22. */
  private static final long NOBODY = 1 << 23;

  @TempDir Path dataDir;
  private RunDirectory directory;
  private ProcessRecords records;

  @BeforeEach
  void make() throws Exception {
    directory = RunDirectory.create(dataDir, "i", "r1", RunDirectory.path(dataDir, "r1"));
    records = new ProcessRecords(directory.records(), directory.identity(), ProcessTable.system());
  }

  @Test
  void areReservedActivatedAndReleased() throws Exception {
    records.reserve("main-1", RecordKind.WORKER, "main", AT);
    assertThat(records.all()).extracting(ProcessRecord::state).containsExactly("reserved");
    records.activate("main-1", 4711, 99);
    assertThat(records.all())
        .containsExactly(new ProcessRecord("main-1", RecordKind.WORKER, "main", 4711, 99, AT));
    records.release("main-1");
    assertThat(records.all()).isEmpty();
    assertThat(directory.records()).isEmptyDirectory();
  }

  @Test
  void canBeReadWithCat() throws Exception {
    records.reserve("main-1", RecordKind.WORKER, "main", AT);
    records.activate("main-1", 4711, 99);
    assertThat(Files.readAllLines(directory.records().resolve("main-1")))
        .contains(
            "state=active",
            "name=main-1",
            "kind=worker",
            "pool=main",
            "pid=4711",
            "group=4711",
            "startTicks=99",
            "run=r1",
            "instance=i",
            "boot=" + directory.identity().boot(),
            "sockets=" + directory.path());
  }

  @Test
  void theStartTimeIsLookedUpWhereTheKeeperCannotTellIt() throws Exception {
    long self = ProcessHandle.current().pid();
    records.reserve("main.keeper", RecordKind.KEEPER, "main", AT);
    records.activate("main.keeper", self, 0);
    assertThat(records.all())
        .extracting(ProcessRecord::startTicks)
        .containsExactly(ProcessTable.system().read(self).startTicks());
  }

  /**
   * Fails if a process that has ended meanwhile loses its record, or keeps it from being written.
   */
  @Test
  void theStartTimeOfAProcessThatIsGoneStaysUnknown() throws Exception {
    records.reserve("main-1", RecordKind.WORKER, "main", AT);
    records.activate("main-1", NOBODY, 0);
    assertThat(records.all())
        .containsExactly(new ProcessRecord("main-1", RecordKind.WORKER, "main", NOBODY, 0, AT));
  }

  /** Fails if a pid alone names a process, be it one of which the system tells no start time. */
  @Test
  void aRecordNamesAProcessByPidAndStartTimeAlone() {
    ProcessRecord known = new ProcessRecord("main-1", RecordKind.WORKER, "main", 4711, 99, AT);
    ProcessRecord unknown = known.activated(4711, 0);
    assertThat(known.names(process(4711, 'S', 99))).isTrue();
    assertThat(known.names(process(4711, 'S', 98))).as("another start").isFalse();
    assertThat(known.names(process(4712, 'S', 99))).as("another pid").isFalse();
    assertThat(known.names(process(4711, 'Z', 99))).as("a zombie").isFalse();
    assertThat(unknown.names(process(4711, 'S', 0))).as("two unknown starts").isFalse();
  }

  private static ProcessTable.Entry process(long pid, char state, long startTicks) {
    return new ProcessTable.Entry(pid, 1, pid, pid, state, startTicks);
  }

  @Test
  void whatWasReleasedMeanwhileIsNotBroughtBack() throws Exception {
    records.activate("main-9", 4711, 99);
    assertThat(records.all()).isEmpty();
  }

  @Test
  void othersFilesArePassedOver() throws Exception {
    Files.writeString(directory.records().resolve("notes"), "at=then\n");
    Files.writeString(
        directory.records().resolve("more"),
        "name=x\nkind=worker\npool=p\npid=1\nstartTicks=1\nat=then\n");
    assertThat(records.all()).isEmpty();
  }

  @Test
  void theRunsDirectoryIsPrivate() throws Exception {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.path())))
        .isEqualTo("rwx------");
    assertThat(directory.path().getFileName()).hasToString("r1");
    assertThat(FileTree.children(directory.path().getParent())).containsExactly(directory.path());
  }

  @Test
  void identitiesComeBackAsTheyWere() {
    RunIdentity identity = directory.identity();
    assertThat(RunIdentity.of(identity.fields())).isEqualTo(identity);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RunIdentity.of(Map.of("run", "x")))
        .withMessage("no instance in [run]");
  }

  @Test
  void kindsAreWords() {
    assertThat(List.of(RecordKind.values()))
        .allSatisfy(kind -> assertThat(RecordKind.named(kind.word())).isEqualTo(kind));
  }
}
