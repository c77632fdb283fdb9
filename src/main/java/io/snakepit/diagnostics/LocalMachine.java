package io.snakepit.diagnostics;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The machine that this JVM runs on, by its files. */
final class LocalMachine implements Machine {
  /** Bytes of a read: more than any file that the kernel must be asked for at once. */
  private static final int AT_ONCE = 1 << 16;

  /**
   * {@inheritDoc} In large bites: the kernel answers a file below {@code /proc/sys} to the first
   * read alone, and {@link Files#readAllBytes} takes one byte first of a file that claims to be
   * empty.
   */
  @Override
  public @Nullable String read(String path) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    byte[] bite = new byte[AT_ONCE];
    try (InputStream file = Files.newInputStream(Path.of(path))) {
      for (int taken = file.read(bite); taken > 0; taken = file.read(bite)) {
        text.write(bite, 0, taken);
      }
    } catch (IOException absent) {
      return null;
    }
    // Not all of /proc is UTF-8: a process may be called anything.
    return text.toString(StandardCharsets.ISO_8859_1);
  }

  @Override
  public List<String> names(String directory) {
    List<String> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of(directory))) {
      entries.forEach(entry -> found.add(entry.getFileName().toString()));
      return found;
    } catch (IOException | DirectoryIteratorException absent) {
      return List.of();
    }
  }

  @Override
  public int processors() {
    return Runtime.getRuntime().availableProcessors();
  }
}
