package io.snakepit.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;

/**
 * A command that ran within this JVM.
 *
 * @param out all of its standard output
 * @param err all of its standard error
 */
record CommandRun(int exitCode, Buffer out, String err) {
  private static final Server.Factory NO_SERVER =
      options -> {
        throw new AssertionError("this command starts no server");
      };

  static CommandRun of(String... arguments) {
    return with(Map.of(), "", Path.of("/nonexistent"), arguments);
  }

  static CommandRun with(
      Map<String, String> environment, String input, Path home, String... arguments) {
    return run(
        input,
        environment,
        home,
        CommandContext.ofProcess().withServers(NO_SERVER).withSignals(drain -> () -> {}),
        arguments);
  }

  /** Runs a command in another context than this process has. */
  static CommandRun around(CommandContext around, Path home, String... arguments) {
    return run("", Map.of(), home, around, arguments);
  }

  /** Runs a command that may serve. */
  static CommandRun serving(
      Map<String, String> environment,
      Path home,
      Server.Factory servers,
      StopSignals signals,
      String... arguments) {
    return run(
        "",
        environment,
        home,
        CommandContext.ofProcess().withServers(servers).withSignals(signals),
        arguments);
  }

  private static CommandRun run(
      String input,
      Map<String, String> environment,
      Path home,
      CommandContext around,
      String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Terminal terminal =
        new Terminal(
            new ByteArrayInputStream(input.getBytes(UTF_8)),
            new PrintStream(out, true, UTF_8),
            new PrintStream(err, true, UTF_8),
            environment,
            home);
    int exitCode = Main.commandLine(terminal, around).execute(arguments);
    return new CommandRun(exitCode, Buffer.buffer(out.toByteArray()), err.toString(UTF_8));
  }

  String outText() {
    return out.toString();
  }
}
