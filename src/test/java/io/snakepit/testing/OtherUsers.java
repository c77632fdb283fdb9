package io.snakepit.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** Files and directories that belong to other users, for tests that run as any user. */
public final class OtherUsers {
  private static final int NOBODY = 65534;

  private OtherUsers() {}

  /** Returns whether these tests may give files away. */
  public static boolean canGive() throws IOException {
    Path own = Files.createTempFile("owner", "");
    try {
      return Files.getAttribute(own, "unix:uid").equals(0);
    } finally {
      Files.delete(own);
    }
  }

  /** Gives a file, or a link itself, to another user; only where {@link #canGive}. */
  public static Path give(Path path) throws IOException {
    Files.setAttribute(path, "unix:uid", NOBODY, LinkOption.NOFOLLOW_LINKS);
    return path;
  }

  /** Returns a directory of another user's: the given one, or where that can't be, the root's. */
  public static Path directory(Path own) throws IOException {
    return canGive() ? give(own) : Path.of("/usr");
  }
}
