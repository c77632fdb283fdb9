package io.snakepit.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Python package {@code snakepit}, which the jar carries so that host and workers never differ
 * in version.
 */
public final class PythonPackage {
  private static final Logger LOG = LoggerFactory.getLogger(PythonPackage.class);

  /** The file by which the package is found on the class path. */
  private static final String ANCHOR = "python/snakepit/__init__.py";

  private static final String UNFINISHED = ".unpacking-";

  /**
   * The age at which an unfinished directory is taken for that of a host that has died meanwhile.
   */
  private static final Duration ABANDONED = Duration.ofMinutes(10);

  private static final FileAttribute<?> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private PythonPackage() {}

  /**
   * Lays the package out below {@code dataDir/lib}, in a directory named after its content; one
   * that is there already is used again, and mended if need be. Several hosts may do so at once.
   * Blocks: for worker threads.
   *
   * @return the directory that holds {@code snakepit/}, for {@link KeeperOptions#library}
   */
  public static Path unpack(Path dataDir) throws IOException {
    URL anchor = PythonPackage.class.getClassLoader().getResource(ANCHOR);
    if (anchor == null) {
      throw new IOException("the class path lacks the Python package: no " + ANCHOR);
    }
    return unpack(anchor, dataDir);
  }

  static Path unpack(URL anchor, Path dataDir) throws IOException {
    SortedMap<String, byte[]> files = PackageFiles.read(anchor);
    Path lib = PrivateDirectory.make(dataDir.toAbsolutePath().resolve("lib"));
    PrivateDirectory.checkTree(lib);
    Path library = lib.resolve(PackageFiles.fingerprint(files));
    if (!Files.isDirectory(library)) {
      removeAbandoned(lib);
      create(library, files);
    }
    mend(library.resolve("snakepit"), files);
    return library;
  }

  /** Writes a directory that appears as a whole or not at all. */
  private static void create(Path library, Map<String, byte[]> files) throws IOException {
    Path unfinished = Files.createTempDirectory(library.getParent(), UNFINISHED, OWNER_ONLY);
    try {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        Path target = unfinished.resolve("snakepit").resolve(file.getKey());
        Files.createDirectories(target.getParent(), OWNER_ONLY);
        Files.write(target, file.getValue());
      }
      Files.move(unfinished, library, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      delete(unfinished);
      if (!Files.isDirectory(library)) {
        throw e;
      } // else another host was faster: its content is the same
    }
  }

  /** Puts back what somebody has changed or removed, file by file, each at a stroke. */
  private static void mend(Path directory, Map<String, byte[]> files) throws IOException {
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Path target = directory.resolve(file.getKey());
      if (!Files.isRegularFile(target)
          || !Arrays.equals(Files.readAllBytes(target), file.getValue())) {
        Files.createDirectories(target.getParent(), OWNER_ONLY);
        Path fresh = Files.createTempFile(target.getParent(), UNFINISHED, "");
        Files.write(fresh, file.getValue());
        Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
      }
    }
  }

  private static void removeAbandoned(Path lib) throws IOException {
    Instant limit = Instant.now().minus(ABANDONED);
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(lib, UNFINISHED + "*")) {
      for (Path entry : entries) {
        removeIfOlder(entry, limit);
      }
    }
  }

  /**
   * Removes an entry if it is older, though another host may be at the same one, or just finish it:
   * no reason for this one to fail.
   */
  private static void removeIfOlder(Path entry, Instant limit) {
    try {
      if (Files.getLastModifiedTime(entry).toInstant().isBefore(limit)) {
        delete(entry);
      }
    } catch (IOException | UncheckedIOException e) {
      LOG.debug("{} stays for the next start to remove: {}", entry, e.toString());
    }
  }

  private static void delete(Path tree) throws IOException {
    List<Path> all;
    try (Stream<Path> walk = Files.walk(tree)) {
      all = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path each : all) {
      Files.deleteIfExists(each);
    }
  }
}
