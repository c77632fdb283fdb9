package io.snakepit.cli;

import picocli.CommandLine.ExitCode;

/** Why a command ends early: a message for people and an exit code. Printed without a trace. */
final class CommandFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  private CommandFailure(String message, int exitCode) {
    super(message, null, false, false);
    this.exitCode = exitCode;
  }

  /** The command was right and failed: exit code 1. */
  static CommandFailure failed(String message) {
    return new CommandFailure(message, ExitCode.SOFTWARE);
  }

  /** The command or the configuration is at fault: exit code 2. */
  static CommandFailure usage(String message) {
    return new CommandFailure(message, ExitCode.USAGE);
  }

  int exitCode() {
    return exitCode;
  }
}
