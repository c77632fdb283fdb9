package io.snakepit.process;

/** A breach of the protocol: what came over a keeper's socket is nothing that a keeper says. */
final class KeeperProtocolException extends Exception {
  private static final long serialVersionUID = 1;

  KeeperProtocolException(String message) {
    super(message);
  }
}
