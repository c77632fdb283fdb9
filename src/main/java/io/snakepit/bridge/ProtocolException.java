package io.snakepit.bridge;

/** A peer broke the protocol: its connection is closed, and this says why. */
public final class ProtocolException extends Exception {
  private static final long serialVersionUID = 1L;

  public ProtocolException(String message) {
    super(message);
  }
}
