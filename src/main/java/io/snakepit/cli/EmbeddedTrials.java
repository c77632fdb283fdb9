package io.snakepit.cli;

import io.snakepit.config.SnakepitOptions;
import io.snakepit.diagnostics.Trial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Trial pools with real workers, in a temporary folder. */
final class EmbeddedTrials implements TrialPools {
  private final String pool;
  private final Options options;
  private final Progress progress;
  private @Nullable Path folder;
  private @Nullable TrialPool current;
  private boolean closed;

  EmbeddedTrials(String pool, Options options, Progress progress) {
    this.pool = pool;
    this.options = options;
    this.progress = progress;
  }

  @Override
  public Trial start(int workers) {
    TrialPool made = make(workers);
    made.start();
    return made;
  }

  /** Makes a pool that {@link #close} knows from its first moment on. */
  private synchronized TrialPool make(int workers) {
    if (closed) {
      throw CommandFailure.failed("stopped");
    }
    SnakepitOptions trial = options.of(workers, folder());
    TrialPool made = new TrialPool(trial, pool, progress);
    current = made;
    return made;
  }

  private Path folder() {
    try {
      Path made = folder == null ? Files.createTempDirectory("snakepit-diagnose-") : folder;
      folder = made;
      return made;
    } catch (IOException full) {
      throw CommandFailure.failed("no temporary folder can be made: " + full.getMessage());
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    try {
      if (current != null) {
        current.close();
      }
    } finally {
      current = null;
      removeFolder();
    }
  }

  private void removeFolder() {
    Path made = folder;
    folder = null;
    if (made == null) {
      return;
    }
    try (Stream<Path> files = Files.walk(made)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.deleteIfExists(file);
      }
    } catch (IOException left) {
      throw CommandFailure.failed(made + " can't be removed: " + left.getMessage());
    }
  }
}
