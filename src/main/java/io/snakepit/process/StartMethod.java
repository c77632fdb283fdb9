package io.snakepit.process;

import java.util.Locale;

/** How a keeper makes workers. */
public enum StartMethod {
  /** Forked from a server that has imported the adapter: a few ms, shared memory. */
  FORKSERVER,
  /** A fresh interpreter each. */
  SPAWN;

  /** As configuration and keeper write it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
