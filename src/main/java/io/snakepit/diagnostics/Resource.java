package io.snakepit.diagnostics;

/** Resources that a worker takes of a machine. */
public enum Resource {
  /** Memory, in bytes. */
  MEMORY("memory"),
  /** Processes and threads: the kernel counts both alike. */
  PIDS("pids"),
  /** File descriptors of the JVM. */
  HOST_FILES("fds, host"),
  /** File descriptors of the pool's keeper. */
  KEEPER_FILES("fds, keeper"),
  /** File descriptors of the process that workers are forked from. */
  FORK_SERVER_FILES("fds, fork server"),
  /** Open files of all processes together. */
  MACHINE_FILES("fds, machine"),
  /**
   * Processors that workers run on. More workers than these allow can run; they only share them.
   */
  CPU("cpu"),
  /** The largest pool that a configuration may ask for. */
  CONFIGURATION("configuration");

  private final String title;

  Resource(String title) {
    this.title = title;
  }

  /** Returns a word for people. */
  public String title() {
    return title;
  }

  /** Returns whether no further worker starts where this resource is used up. */
  public boolean hard() {
    return this != CPU;
  }
}
