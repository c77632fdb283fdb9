package io.snakepit.process;

import java.io.IOException;

/**
 * Thrown for a directory that others than this user could change. The message is a sentence that
 * names the remedy.
 */
public final class UnsafeDirectoryException extends IOException {
  private static final long serialVersionUID = 1L;

  UnsafeDirectoryException(String message) {
    super(message);
  }
}
