package io.snakepit.registry;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Files of few {@code name=value} lines, which {@code cat} shows and a shell can read. Replaced by
 * rename: whenever the host may die, a file is whole or not there.
 *
 * <p>Not flushed to the disk: a record outlives any end of the host, and after the machine's own
 * end there is no process left that it could speak of.
 */
final class RecordFile {
  private static final String UNFINISHED = ".tmp";

  private RecordFile() {}

  /** Writes a file, or replaces it. A value's line ends become spaces. */
  static void write(Path file, Map<String, String> fields) throws IOException {
    String text =
        fields.entrySet().stream()
            .map(field -> field.getKey() + "=" + field.getValue().replaceAll("\\R", " ") + "\n")
            .collect(Collectors.joining());
    Path unfinished = file.resolveSibling(file.getFileName() + UNFINISHED);
    Files.writeString(unfinished, text);
    try {
      Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** Reads a file; lines that hold no {@code =} are passed over. */
  static Map<String, String> read(Path file) throws IOException {
    Map<String, String> fields = new LinkedHashMap<>();
    for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        fields.put(line.substring(0, equals), line.substring(equals + 1));
      }
    }
    return fields;
  }

  /**
   * Returns the value of a line that must be there.
   *
   * @throws IllegalArgumentException if it is not
   */
  static String needed(Map<String, String> fields, String name) {
    String value = fields.get(name);
    if (value == null) {
      throw new IllegalArgumentException("no " + name + " in " + fields.keySet());
    }
    return value;
  }
}
