package io.snakepit.cli;

import java.io.BufferedInputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/**
 * A terminal: all that a command sees of the outside.
 *
 * @param in standard input
 * @param out for results
 * @param err for everything else
 * @param environment the environment variables
 * @param home the folder that the launcher is in: {@code conf/} and {@code .venv/} are below
 */
record Terminal(
    InputStream in, PrintStream out, PrintStream err, Map<String, String> environment, Path home) {

  /**
   * Returns the terminal of this process. The launcher names its folder; without one, it is the
   * working one. Standard input is buffered: a bare FileInputStream asks for its position, which a
   * pipe or a terminal has not.
   */
  static Terminal ofProcess() {
    return new Terminal(
        new BufferedInputStream(new FileInputStream(FileDescriptor.in)),
        printTo(FileDescriptor.out),
        printTo(FileDescriptor.err),
        System.getenv(),
        Path.of(System.getProperty("snakepit.home", "")).toAbsolutePath());
  }

  String environment(String variable, String otherwise) {
    String value = environment.getOrDefault(variable, "");
    return value.isEmpty() ? otherwise : value;
  }

  /**
   * Opens a stream beside {@code System.out}: what a library prints there must not mix with results
   * unflushed.
   */
  private static PrintStream printTo(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }
}
