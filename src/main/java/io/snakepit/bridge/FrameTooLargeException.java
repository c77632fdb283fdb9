package io.snakepit.bridge;

/** Thrown instead of writing a frame that the worker would not accept, and would end of. */
final class FrameTooLargeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  FrameTooLargeException(String message) {
    super(message);
  }
}
