package io.snakepit.cli;

import picocli.CommandLine.ExitCode;

/**
 * Thrown to end a command early, with a message for people and an exit code. Printed without a
 * trace.
 */
final class CommandFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  private CommandFailure(String message, int exitCode) {
    super(message, null, false, false);
    this.exitCode = exitCode;
  }

  /** Makes the failure of a command that was right: exit code 1. */
  static CommandFailure failed(String message) {
    return new CommandFailure(message, ExitCode.SOFTWARE);
  }

  /** Makes the failure of a wrong command or configuration: exit code 2. */
  static CommandFailure usage(String message) {
    return new CommandFailure(message, ExitCode.USAGE);
  }

  int exitCode() {
    return exitCode;
  }
}
