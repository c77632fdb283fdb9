package io.snakepit.bench;

import java.util.List;

/** The two ways in which workers are started. */
final class StartMethods {
  /** Forked from a process that has imported the adapter. */
  static final String FORKSERVER = "forkserver";

  /** A fresh interpreter for each. */
  static final String SPAWN = "spawn";

  static final List<String> ALL = List.of(FORKSERVER, SPAWN);

  private StartMethods() {}
}
