package io.snakepit.process;

/** The want of a Python interpreter that can run workers; the message says what to do. */
public final class InterpreterException extends Exception {
  private static final long serialVersionUID = 1;

  InterpreterException(String message) {
    super(message);
  }
}
