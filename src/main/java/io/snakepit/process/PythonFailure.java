package io.snakepit.process;

/**
 * The reason why something failed on the Python side.
 *
 * @param type the exception's qualified name; empty if no exception tells
 * @param traceback as Python prints it; empty if there is none
 */
public record PythonFailure(String type, String message, String traceback) {}
