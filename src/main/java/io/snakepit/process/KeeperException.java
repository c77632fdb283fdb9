package io.snakepit.process;

/** A keeper could not be started; the message has its last words. */
public final class KeeperException extends Exception {
  private static final long serialVersionUID = 1;

  KeeperException(String message) {
    super(message);
  }
}
