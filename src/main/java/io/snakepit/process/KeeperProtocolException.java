package io.snakepit.process;

/** What came over a keeper's socket is nothing that a keeper says. */
final class KeeperProtocolException extends Exception {
  private static final long serialVersionUID = 1;

  KeeperProtocolException(String message) {
    super(message);
  }
}
