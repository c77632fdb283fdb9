package io.snakepit.registry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Directories with all that is in them. What has vanished meanwhile is as good as removed; links
 * are not followed.
 */
final class FileTree {
  private FileTree() {}

  /** Removes a file or directory with all that is in it. */
  static void delete(Path root) throws IOException {
    if (Files.isDirectory(root, LinkOption.NOFOLLOW_LINKS)) {
      deleteAllBut(root, Set.of());
    }
    Files.deleteIfExists(root);
  }

  /** Removes what is in a directory, save what has one of those names. */
  static void deleteAllBut(Path directory, Set<String> kept) throws IOException {
    for (Path each : children(directory)) {
      if (!kept.contains(each.getFileName().toString())) {
        delete(each);
      }
    }
  }

  /** Returns what is in a directory; nothing if there is none. */
  static List<Path> children(Path directory) throws IOException {
    try (Stream<Path> found = Files.list(directory)) {
      return found.toList();
    } catch (NoSuchFileException absent) {
      return List.of();
    }
  }
}
