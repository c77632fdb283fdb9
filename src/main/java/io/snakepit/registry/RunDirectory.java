package io.snakepit.registry;

import io.snakepit.process.PrivateDirectory;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The directory of one run, {@code dataDir/run/RUN}, mode 0700:
 *
 * <pre>
 * host       which run of which host it is, and where its sockets are
 * lock       held by the host for as long as it lives, whatever ends it
 * records/   one file for each process, see {@link ProcessRecord}
 * </pre>
 *
 * <p>It appears whole, with its lock held, by a rename: nobody ever sees a live run without a lock.
 * Since the kernel drops the lock with the host, a directory whose lock is free is that of a dead
 * run, and {@link DeadRuns} may clear it.
 *
 * <p>Blocks: for worker threads.
 */
public final class RunDirectory {
  /** The prefix of a directory that is still being made. */
  static final String UNFINISHED = ".new-";

  static final String HOST = "host";
  static final String RECORDS = "records";
  private static final String LOCK = "lock";
  private static final String RUNS = "run";

  private final Path path;
  private final RunIdentity identity;
  private final FileChannel lockFile;

  private RunDirectory(Path path, RunIdentity identity, FileChannel lockFile) {
    this.path = path;
    this.identity = identity;
    this.lockFile = lockFile;
  }

  /** Returns the directory of all runs below a {@code dataDir}. */
  static Path runs(Path dataDir) {
    return dataDir.resolve(RUNS);
  }

  /** Returns the path that {@link #create} will make, on which its sockets' paths depend. */
  public static Path path(Path dataDir, String run) {
    return runs(dataDir).resolve(run);
  }

  /**
   * Makes the directory of a new run of this JVM, and takes its lock.
   *
   * @param sockets where the run's sockets are to be: {@link #path}, or a directory of their own,
   *     which is made too, once it is on record: whatever ends this JVM, it is known whose it is
   */
  public static RunDirectory create(Path dataDir, String instance, String run, Path sockets)
      throws IOException {
    RunDirectory made = make(dataDir, instance, run, sockets);
    made.createSockets();
    return made;
  }

  private static RunDirectory make(Path dataDir, String instance, String run, Path sockets)
      throws IOException {
    PrivateDirectory.make(runs(dataDir));
    Path unfinished = runs(dataDir).resolve(UNFINISHED + run);
    Path path = path(dataDir, run);
    PrivateDirectory.makeNew(unfinished);
    FileChannel lockFile =
        FileChannel.open(
            unfinished.resolve(LOCK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try {
      lockFile.lock(); // at once: nobody else knows of the file yet
      PrivateDirectory.makeNew(unfinished.resolve(RECORDS));
      RunIdentity identity = RunIdentity.current(instance, run, sockets);
      RecordFile.write(unfinished.resolve(HOST), identity.fields());
      Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE);
      return new RunDirectory(path, identity, lockFile);
    } catch (IOException | RuntimeException e) {
      lockFile.close();
      FileTree.delete(unfinished);
      throw e;
    }
  }

  private void createSockets() throws IOException {
    Path sockets = identity.sockets();
    if (sockets.equals(path)) {
      return;
    }
    try {
      PrivateDirectory.makeNew(sockets);
    } catch (IOException e) {
      try (lockFile) {
        delete(path, path); // what stands in the way is not ours
      }
      throw e;
    }
  }

  /** Returns the path {@code dataDir/run/RUN}. */
  public Path path() {
    return path;
  }

  RunIdentity identity() {
    return identity;
  }

  Path records() {
    return path.resolve(RECORDS);
  }

  /** Removes the directory with its sockets, and gives the lock back. */
  public void remove() throws IOException {
    try (lockFile) {
      delete(path, identity.sockets());
    }
  }

  /** Removes a run's files; the one that says whose they are goes last but one. */
  static void delete(Path path, Path sockets) throws IOException {
    if (!sockets.equals(path)) {
      FileTree.delete(sockets);
    }
    FileTree.deleteAllBut(path, Set.of(HOST, LOCK));
    Files.deleteIfExists(path.resolve(HOST));
    FileTree.delete(path);
  }

  static boolean isLock(Path file) {
    return file.getFileName().toString().equals(LOCK);
  }

  /**
   * Takes the lock of another run.
   *
   * @return null while that run lives; else the lock, to be closed when the run has been cleared
   */
  static @Nullable FileChannel claim(Path path) throws IOException {
    Path file = path.resolve(LOCK);
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean claimed = false;
    try {
      FileLock lock = channel.tryLock();
      claimed = lock != null;
      return claimed ? channel : null;
    } catch (OverlappingFileLockException heldByThisJvm) {
      return null;
    } finally {
      if (!claimed) {
        channel.close();
      }
    }
  }
}
