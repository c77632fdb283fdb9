package io.snakepit.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests of the directory of a run, and of that of its sockets where it needs one of its own. */
class RunDirectoryTest {
  private static final String RUN = "r1";

  @TempDir Path dataDir;
  @TempDir Path elsewhere;

  private RunDirectory create(Path sockets) throws IOException {
    return RunDirectory.create(dataDir, "i", RUN, sockets);
  }

  @Test
  void aDirectoryForSocketsIsPrivateAndGoesWithTheRun() throws Exception {
    Path sockets = elsewhere.resolve("s");
    RunDirectory run = create(sockets);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(sockets)))
        .isEqualTo("rwx------");
    Files.createFile(sockets.resolve("main.sock"));
    run.remove();
    assertThat(sockets).doesNotExist();
    assertThat(run.path()).doesNotExist();
  }

  /**
   * Fails if somebody else's directory is used, or removed. Fails without {@code delete} in that
   * case.
   */
  @Test
  void oneThatIsThereAlreadyFailsTheStartAndNothingIsLeft() throws Exception {
    Path taken = Files.createDirectory(elsewhere.resolve("s"));
    Files.writeString(taken.resolve("notes"), "keep");
    assertThatThrownBy(() -> create(taken)).isInstanceOf(FileAlreadyExistsException.class);
    assertThat(taken.resolve("notes")).hasContent("keep");
    assertThat(FileTree.children(RunDirectory.runs(dataDir))).isEmpty();
  }

  @Test
  void aRunsDirectoryIsMadeOnce() throws Exception {
    Path path = RunDirectory.path(dataDir, RUN);
    RunDirectory first = create(path);
    assertThatThrownBy(() -> create(path)).isInstanceOf(IOException.class);
    assertThat(FileTree.children(RunDirectory.runs(dataDir)))
        .as("what was begun is removed")
        .containsExactly(path);
    assertThat(path.resolve(RunDirectory.HOST)).exists();
    first.remove();
  }
}
