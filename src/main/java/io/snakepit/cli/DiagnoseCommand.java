package io.snakepit.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code diagnose}: only the name above its diagnoses. */
@Command(
    name = "diagnose",
    header = "Finds out what this machine can do.",
    synopsisSubcommandLabel = "DIAGNOSIS")
final class DiagnoseCommand implements Runnable {
  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "which diagnosis?");
  }
}
