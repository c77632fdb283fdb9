package io.snakepit.api;

/**
 * Tells what one call has met from what the whole JVM has. Whoever answers a caller catches
 * everything, since a caller who gets no answer waits for ever; afterwards it hands on here what is
 * not the call's own.
 */
public final class Faults {
  private Faults() {}

  /**
   * Throws again what the caller's answer does not settle: any error of the JVM itself but a stack
   * that one call has used up.
   */
  public static void throwIfFatal(Throwable thrown) {
    if (thrown instanceof VirtualMachineError fatal && !(thrown instanceof StackOverflowError)) {
      throw fatal;
    }
  }

  /** Returns the error that a caller gets of whatever was thrown. */
  public static SnakepitException explain(Throwable thrown) {
    if (thrown instanceof SnakepitException known) {
      return known;
    }
    if (thrown instanceof StackOverflowError) {
      return new SnakepitException(
          ErrorCode.INVALID_REQUEST,
          "the call's values are nested too deeply, or refer to themselves");
    }
    String message = thrown.getMessage();
    return new SnakepitException(
        ErrorCode.INTERNAL,
        message == null ? "a fault of the host: " + thrown.getClass().getSimpleName() : message);
  }
}
