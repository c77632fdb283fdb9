package io.snakepit.process;

/** The failure of a keeper to start; the message ends with the last lines that it has printed. */
public final class KeeperException extends Exception {
  private static final long serialVersionUID = 1;

  KeeperException(String message) {
    super(message);
  }
}
