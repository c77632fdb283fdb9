package io.snakepit.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** Entry of the jar: finds the command, runs it and ends with its exit code. */
@Command(
    name = "snakepit",
    header = "Runs Python code from the JVM as if it were local and reliable.",
    synopsisSubcommandLabel = "COMMAND",
    usageHelpAutoWidth = true,
    footer = {
      "",
      "Start with:",
      "  ./snakepit serve",
      "  ./snakepit exec add '{\"a\": 1, \"b\": 2}'     (in a second terminal)",
      "",
      "`./snakepit COMMAND --help` tells more of each.",
      "Exit codes: 0 fine, 1 failed, 2 bad usage or configuration."
    })
public final class Main implements Runnable {
  @Spec CommandSpec spec = CommandSpec.create();

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = CommandLine.ScopeType.INHERIT,
      description = "Shows this help.")
  boolean help;

  private Main() {}

  /** Runs the command and ends the JVM with its exit code. */
  public static void main(String[] args) {
    Terminal terminal = Terminal.ofProcess();
    System.exit(commandLine(terminal, CommandContext.ofProcess()).execute(args));
  }

  static CommandLine commandLine(Terminal terminal, CommandContext context) {
    CommandLine line =
        new CommandLine(new Main())
            .addSubcommand(new ServeCommand(terminal, context.servers(), context.signals()))
            .addSubcommand(new ExecCommand(terminal))
            .addSubcommand(new ProfileCommand(terminal, context.ticker()))
            .addSubcommand(diagnose(terminal, context))
            .addSubcommand(new VersionCommand(terminal));
    LauncherCommands.addTo(line);
    return line.setOut(new PrintWriter(terminal.out(), true, UTF_8))
        .setErr(new PrintWriter(terminal.err(), true, UTF_8))
        .setExecutionExceptionHandler(Main::explain);
  }

  private static CommandLine diagnose(Terminal terminal, CommandContext context) {
    return new CommandLine(new DiagnoseCommand())
        .addSubcommand(
            new ScalingCommand(terminal, context.pools(), context.machine(), context.signals()));
  }

  /** Prints the help, as bad usage: no command was named. */
  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "which command?");
  }

  private static int explain(Exception failure, CommandLine line, ParseResult parsed) {
    if (failure instanceof CommandFailure expected) {
      line.getErr().println(expected.getMessage());
      return expected.exitCode();
    }
    line.getErr().println("snakepit: a fault of ours, please report it:");
    failure.printStackTrace(line.getErr());
    return CommandLine.ExitCode.SOFTWARE;
  }
}
