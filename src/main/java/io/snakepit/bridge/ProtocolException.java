package io.snakepit.bridge;

/** A breach of the protocol by a peer, for which its connection is closed; the message says why. */
public final class ProtocolException extends Exception {
  private static final long serialVersionUID = 1L;

  public ProtocolException(String message) {
    super(message);
  }
}
