package io.snakepit.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Directories whose content this process trusts: the code that workers import, sockets, and records
 * of what is to be killed. Whoever could write there could run code with our rights, so one that
 * others may write, or that belongs to someone else, is refused rather than repaired: what they may
 * have put there already, nobody can tell.
 *
 * <p>A link is followed if it is ours or the superuser's, and its target is held to the same.
 * Blocks: for worker threads.
 */
public final class PrivateDirectory {
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private static final int OTHERS_WRITE = 0022;
  private static final int OTHERS_ENTER = 0011;
  private static final int STICKY = 01000;
  private static final int WORLD_WRITES = 0002;
  private static final int PERMISSIONS = 07777;
  private static final int ROOT = 0;

  private PrivateDirectory() {}

  /**
   * Makes a directory, with the parents that it lacks, for this user alone; or checks the one that
   * is there.
   *
   * @return the same path
   * @throws UnsafeDirectoryException if it is not this user's alone; the message names the remedy
   */
  public static Path make(Path directory) throws IOException {
    if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
      check(directory);
    } else {
      Files.createDirectories(directory, OWNER_ONLY);
      check(directory); // another may have been faster
    }
    return directory;
  }

  /** Makes a directory of this user's alone, which must not be there yet. */
  public static Path makeNew(Path directory) throws IOException {
    return Files.createDirectory(directory, OWNER_ONLY);
  }

  /**
   * Checks a directory with all that is in it. Below one that others can't enter, they can't change
   * anything, whatever its mode.
   */
  static void checkTree(Path directory) throws IOException {
    check(directory);
    checkContent(directory);
  }

  private static void checkContent(Path directory) throws IOException {
    if ((mode(directory) & OTHERS_ENTER) != 0) {
      try (Stream<Path> content = Files.list(directory)) {
        for (Path each : content.toList()) {
          checkEntry(each);
        }
      }
    }
  }

  private static void checkEntry(Path entry) throws IOException {
    try {
      if (Files.isDirectory(entry)) {
        // Not asked again whether it is one: it may be gone by now, or back once more.
        checkLink(entry);
        checkOwnerAndMode(entry.toRealPath());
        checkContent(entry);
      } else {
        checkOwnerAndMode(entry);
      }
    } catch (NoSuchFileException gone) {
      // Another host is making or removing it: what is not there harms nobody.
    }
  }

  private static void check(Path directory) throws IOException {
    checkLink(directory);
    if (!Files.isDirectory(directory)) {
      throw new NotDirectoryException(directory.toString());
    }
    checkOwnerAndMode(directory.toRealPath());
  }

  private static void checkLink(Path directory) throws IOException {
    if (Files.isSymbolicLink(directory)) {
      int owner = owner(directory, LinkOption.NOFOLLOW_LINKS);
      if (owner != ROOT && owner != self()) {
        throw new UnsafeDirectoryException(
            "%s is a link of user %d's, who could let it lead elsewhere: remove it (rm %s), or name another directory"
                .formatted(directory, owner, quoted(directory)));
      }
    }
  }

  private static void checkOwnerAndMode(Path path) throws IOException {
    int owner = owner(path);
    if (owner != self()) {
      throw new UnsafeDirectoryException(
          "%s belongs to user %d, who could change what workers run, and this process is user %d's: name another directory, or, if all in it can be trusted, take it over: chown -R %d %s"
              .formatted(path, owner, self(), self(), quoted(path)));
    }
    int mode = mode(path);
    if ((mode & OTHERS_WRITE) != 0) {
      throw new UnsafeDirectoryException(
          "%s can be written by others (its mode is %04o), who could change what workers run: name another directory, or, if all in it can be trusted: chmod -R go-w %s"
              .formatted(path, mode & PERMISSIONS, quoted(path)));
    }
  }

  /**
   * Returns whether entries that this user makes in a directory can't be renamed by others: it is
   * this user's or the superuser's, and others can't write it, or it is sticky.
   */
  public static boolean keepsEntries(Path directory) {
    try {
      if (!Files.isDirectory(directory)) {
        return false;
      }
      int owner = owner(directory);
      int mode = mode(directory);
      return (owner == self() || owner == ROOT)
          && ((mode & OTHERS_WRITE) == 0 || (mode & STICKY) != 0);
    } catch (IOException unreadable) {
      return false;
    }
  }

  /**
   * Returns those directories above a path in which everybody may rename what is there, the path
   * itself included: no mode of its own protects it from that.
   */
  public static List<Path> openParents(Path path) throws IOException {
    return Stream.iterate(path.toRealPath().getParent(), each -> each != null, Path::getParent)
        .filter(PrivateDirectory::isOpenToAll)
        .toList();
  }

  private static boolean isOpenToAll(Path directory) {
    try {
      int mode = mode(directory);
      return (mode & WORLD_WRITES) != 0 && (mode & STICKY) == 0;
    } catch (IOException unreadable) {
      return false;
    }
  }

  private static int self() {
    return LibC.INSTANCE.geteuid();
  }

  private static int owner(Path path, LinkOption... links) throws IOException {
    return attribute(path, "uid", links);
  }

  private static int mode(Path path) throws IOException {
    return attribute(path, "mode");
  }

  private static int attribute(Path path, String name, LinkOption... links) throws IOException {
    Map<String, Object> attributes = Files.readAttributes(path, "unix:" + name, links);
    return ((Number) attributes.getOrDefault(name, -1)).intValue();
  }

  /** Returns a path as a word of a shell's command. */
  private static String quoted(Path path) {
    String text = path.toString();
    return text.matches("[\\w./+:@%-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}
