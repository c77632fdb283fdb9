package io.snakepit.cli;

import io.snakepit.config.SnakepitOptions;
import io.snakepit.diagnostics.Trial;
import java.nio.file.Path;

/** Pools that a diagnosis starts in this JVM, one after the other. */
interface TrialPools extends Trial.Starter, AutoCloseable {

  /**
   * Ends what runs and removes every file, also while a pool is being started; none starts later.
   * Any thread may call it, and as often as it likes: each call returns when nothing is left.
   */
  @Override
  void close();

  /** Source of the options of trials. */
  interface Options {
    /**
     * @param dataDir a folder of the trial's own
     */
    SnakepitOptions of(int workers, Path dataDir);
  }

  /** Factory of trial pools. */
  interface Factory {
    TrialPools create(String pool, Options options, Progress progress);
  }
}
