package io.snakepit.process;

import java.util.Locale;

/** The way in which a keeper makes workers. */
public enum StartMethod {
  /** Forked, unless the fork server finds that unsafe with what the import has left. */
  AUTO,
  /** Forked from a server that has imported the adapter: a few ms, shared memory. */
  FORKSERVER,
  /** A fresh interpreter each. */
  SPAWN;

  /** Returns the word by which configuration and keeper write it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
