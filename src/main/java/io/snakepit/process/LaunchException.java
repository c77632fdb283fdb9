package io.snakepit.process;

import java.io.IOException;

/** The failure to start a program. */
public final class LaunchException extends IOException {
  private static final long serialVersionUID = 1;

  private final String program;

  LaunchException(String program, String why) {
    super("cannot start %s: %s".formatted(program, Shortage.explained(why)));
    this.program = program;
  }

  /** Returns the program as it was ordered. */
  public String program() {
    return program;
  }
}
