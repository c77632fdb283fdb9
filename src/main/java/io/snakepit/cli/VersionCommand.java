package io.snakepit.cli;

import io.snakepit.bridge.Protocol;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import picocli.CommandLine.Command;

/** The command {@code version}. Starts neither Vert.x nor Python, so that it answers at once. */
@Command(name = "version", header = "Prints the versions of the host, protocol, JDK and Python.")
final class VersionCommand implements Runnable {
  private final Terminal terminal;

  VersionCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    print("snakepit", hostVersion());
    print("protocol", protocolVersions());
    print("java", System.getProperty("java.version") + " (" + vendor() + ")");
    print("python", pythonVersion());
  }

  private void print(String what, String version) {
    terminal.out().printf("%-9s %s%n", what, version);
  }

  /** Returns the version of the jar's manifest; classes outside a jar have none. */
  private static String hostVersion() {
    String version = Main.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  private static String protocolVersions() {
    int lowest = Protocol.LOWEST;
    int highest = Protocol.HIGHEST;
    return lowest == highest ? "" + highest : lowest + " to " + highest;
  }

  private static String vendor() {
    return System.getProperty("java.vendor", "unknown vendor");
  }

  /**
   * Returns the version in the virtual environment's own record: no need to start an interpreter.
   */
  private String pythonVersion() {
    Path folder = terminal.home().resolve(".venv");
    Properties record = new Properties();
    try (Reader text =
        Files.newBufferedReader(folder.resolve("pyvenv.cfg"), StandardCharsets.UTF_8)) {
      record.load(text);
    } catch (IOException absent) {
      return "none in " + folder + " (`./snakepit serve` makes it)";
    }
    return record.getProperty("version", "unknown") + " (" + folder + ")";
  }
}
