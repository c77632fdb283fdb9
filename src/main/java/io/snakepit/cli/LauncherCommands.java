package io.snakepit.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * Commands that the launcher carries out itself, declared so that the help knows them. They reach
 * this class only with {@code --help}, or when the jar is run without the launcher.
 */
final class LauncherCommands {
  private LauncherCommands() {}

  static void addTo(CommandLine line) {
    line.addSubcommand(new TestCommand()).addSubcommand(new BenchCommand());
  }

  @Command(
      name = "test",
      header = "Runs every Java and Python test and check.",
      description = {
        "",
        "Builds, then runs unit and integration tests, coverage gates, formatting and type checks, the fast tests again on the newest JDK of the machine, a few rounds of the chaos scripts, which kill the host itself, and some real libraries behind pools. Ends with one line that says whether all is well.",
        "",
        "--chaos      every round of the chaos scripts",
        "--libraries  the whole matrix of real libraries; writes the table of docs/libraries.md",
        "--seed N     only one life of the simulated pool again, with its last steps if it fails"
      })
  static final class TestCommand implements Runnable {
    @Override
    public void run() {
      throw onlyInTheLauncher("test");
    }
  }

  @Command(
      name = "bench",
      header = "Measures calls, streams, starts and recovery on this machine.",
      description = {
        "",
        "--json FILE  also writes all figures to a file",
        "--list       names the parts that it measures",
        "--only PART  only these parts, with commas between them",
        "--peers      also measures what installs from the Python index",
        "--quick      much shorter: to see that it works, not for figures"
      })
  static final class BenchCommand implements Runnable {
    @Override
    public void run() {
      throw onlyInTheLauncher("bench");
    }
  }

  private static CommandFailure onlyInTheLauncher(String command) {
    return CommandFailure.usage(
        "`" + command + "` needs the source tree: run ./snakepit " + command + " there");
  }
}
