package io.snakepit.vertx;

/** Exception that tells what is wrong with the framing of a request, in a sentence. */
public final class FramingFault extends RuntimeException {
  private static final long serialVersionUID = 1;

  FramingFault(String message) {
    super(message, null, false, false);
  }
}
