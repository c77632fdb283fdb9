package io.snakepit.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.snakepit.testing.OtherUsers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrivateDirectoryTest {
  @TempDir Path folder;

  private Path directory(String name, String mode) throws IOException {
    Path made = Files.createDirectories(folder.resolve(name));
    return Files.setPosixFilePermissions(made, PosixFilePermissions.fromString(mode));
  }

  @Test
  void makesItWithTheParentsThatItLacksForThisUserAlone() throws IOException {
    PrivateDirectory.make(folder.resolve("a/b"));

    assertThat(folder.resolve("a")).satisfies(PrivateDirectoryTest::isPrivate);
    assertThat(folder.resolve("a/b")).satisfies(PrivateDirectoryTest::isPrivate);
  }

  private static void isPrivate(Path directory) throws IOException {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
        .isEqualTo("rwx------");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rwx------", "rwxr-xr-x"})
  void takesOneThatOthersCanNotWrite(String mode) throws IOException {
    Path existing = directory("data", mode);

    assertThat(PrivateDirectory.make(existing)).isEqualTo(existing);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rwxrwxrwx", "rwxrwx---", "rwx----w-"})
  void refusesOneThatOthersMayWrite(String mode) throws IOException {
    Path existing = directory("data", mode);

    assertThatThrownBy(() -> PrivateDirectory.make(existing))
        .isInstanceOf(UnsafeDirectoryException.class)
        .hasMessageContaining("chmod -R go-w " + existing.toRealPath());
  }

  @Test
  void theRemedyIsACommandWhateverItsName() throws IOException {
    Path existing = directory("it's here", "rwxrwxrwx");

    assertThatThrownBy(() -> PrivateDirectory.make(existing))
        .hasMessageContaining("/it'\\''s here'");
  }

  @Test
  void refusesOneOfSomeoneElses() throws IOException {
    Path foreign = OtherUsers.directory(directory("data", "rwx------"));

    assertThatThrownBy(() -> PrivateDirectory.make(foreign))
        .isInstanceOf(UnsafeDirectoryException.class)
        .hasMessageContainingAll(foreign.toRealPath() + " belongs to user ", "chown -R ");
  }

  @Test
  void refusesWhatIsNoDirectory() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));

    assertThatThrownBy(() -> PrivateDirectory.make(file)).isInstanceOf(NotDirectoryException.class);
  }

  @Test
  void followsALinkAndHoldsItsTargetToTheSame() throws IOException {
    Path good = Files.createSymbolicLink(folder.resolve("good"), directory("own", "rwx------"));
    Path bad = Files.createSymbolicLink(folder.resolve("bad"), directory("open", "rwxrwxrwx"));

    assertThat(PrivateDirectory.make(good)).isEqualTo(good);
    assertThatThrownBy(() -> PrivateDirectory.make(bad))
        .isInstanceOf(UnsafeDirectoryException.class)
        .hasMessageContaining(folder.toRealPath().resolve("open").toString());
  }

  @Test
  void refusesALinkThatLeadsNowhere() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("absent"));

    assertThatThrownBy(() -> PrivateDirectory.make(link)).isInstanceOf(IOException.class);
    assertThat(folder.resolve("absent")).doesNotExist();
  }

  /** Another user's link would lead elsewhere tomorrow, though it leads to a good place today. */
  @Test
  void refusesALinkOfSomeoneElses() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), directory("own", "rwx------"));
    if (OtherUsers.canGive()) {
      OtherUsers.give(link);

      assertThatThrownBy(() -> PrivateDirectory.make(link))
          .isInstanceOf(UnsafeDirectoryException.class)
          .hasMessageContaining("rm " + link);
    } else {
      assertThat(PrivateDirectory.make(link)).as("one's own, or the superuser's").isEqualTo(link);
    }
  }

  @Test
  void looksAtAllThatOthersCanReach() throws IOException {
    Path tree = directory("lib", "rwxr-xr-x");
    directory("lib/a", "rwxr-xr-x");
    PrivateDirectory.checkTree(tree);
    directory("lib/a/b", "rwxrwxrwx");

    assertThatThrownBy(() -> PrivateDirectory.checkTree(tree))
        .isInstanceOf(UnsafeDirectoryException.class)
        .hasMessageContaining("/lib/a/b");
    directory("lib", "rwx------");
    PrivateDirectory.checkTree(tree);
  }

  @Test
  void looksAtFilesToo() throws IOException {
    Path tree = directory("lib", "rwxr-xr-x");
    Path file = Files.createFile(tree.resolve("tool.py"));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));

    assertThatThrownBy(() -> PrivateDirectory.checkTree(tree))
        .isInstanceOf(UnsafeDirectoryException.class)
        .hasMessageContaining("tool.py");
  }

  /** Hosts that start at the same time make and remove entries beside each other. */
  @Test
  void toleratesEntriesThatComeAndGo() throws Exception {
    Path tree = directory("lib", "rwxr-xr-x");
    AtomicBoolean over = new AtomicBoolean();
    CompletableFuture<Void> other =
        CompletableFuture.runAsync(
            () -> {
              while (!over.get()) {
                comeAndGo(tree.resolve("entry"));
              }
            });
    try {
      for (int i = 0; i < 20_000 && !other.isDone(); i++) {
        PrivateDirectory.checkTree(tree);
      }
    } finally {
      over.set(true);
      other.get(10, TimeUnit.SECONDS);
    }
  }

  private static void comeAndGo(Path entry) {
    try {
      PrivateDirectory.makeNew(entry);
      Files.delete(Files.createFile(entry.resolve("file")));
      Files.delete(entry);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void entriesAreKeptWhereOthersCanNotRenameThem() throws IOException {
    Path sticky = directory("sticky", "rwxrwxrwx");
    Files.setAttribute(sticky, "unix:mode", 01777);

    assertThat(PrivateDirectory.keepsEntries(directory("own", "rwx------"))).isTrue();
    assertThat(PrivateDirectory.keepsEntries(sticky)).isTrue();
    assertThat(PrivateDirectory.keepsEntries(directory("open", "rwxrwxrwx"))).isFalse();
    assertThat(PrivateDirectory.keepsEntries(folder.resolve("absent"))).isFalse();
    if (OtherUsers.canGive()) {
      Path foreign = OtherUsers.give(directory("foreign", "rwx------"));
      assertThat(PrivateDirectory.keepsEntries(foreign)).isFalse();
    }
  }

  @Test
  void namesParentsInWhichEverybodyMayRename() throws IOException {
    Path open = directory("open", "rwxrwxrwx");
    Path data = directory("open/data", "rwx------");

    assertThat(PrivateDirectory.openParents(data)).containsExactly(open.toRealPath());
  }
}
