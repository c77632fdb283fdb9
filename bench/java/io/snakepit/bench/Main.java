package io.snakepit.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Entry of {@code ./snakepit bench}. */
@Command(
    name = "snakepit bench",
    header =
        "Measures calls, streams, starts, memory and recovery on this machine; takes five minutes.",
    usageHelpAutoWidth = true,
    footer = {"", "Exit codes: 0 all was measured, 1 something was not, 2 bad usage."})
public final class Main implements Callable<Integer> {
  @Option(names = "--json", paramLabel = "FILE", description = "Also writes all figures there.")
  @Nullable Path json;

  @Option(names = "--peers", description = "Also installs and measures grpcio and Ray.")
  boolean withPeers;

  @Option(names = "--quick", description = "Fewer rows and rounds: less than a minute.")
  boolean quick;

  @Option(
      names = "--only",
      paramLabel = "PART",
      split = ",",
      description = "Only these parts, see --list.")
  @Nullable List<String> only;

  @Option(names = "--list", description = "Names the parts.")
  boolean list;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Shows this help.")
  boolean help;

  private Main() {}

  /** Measures, prints, and ends the JVM with its exit code. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Main()).execute(args));
  }

  @Override
  public Integer call() throws IOException {
    PrintStream out = new PrintStream(System.out, true, UTF_8);
    if (list) {
      Arrays.stream(Part.values())
          .forEach(part -> out.printf("%-10s %s%n", part.key(), part.description()));
      return 0;
    }
    Set<Part> parts = parts();
    quietLog();
    Plan plan = quick ? Plan.quick() : Plan.full();
    Results results;
    PrintStream progress = new PrintStream(System.err, true, UTF_8);
    try (Bed bed = new Bed(plan, project(), python(), progress)) {
      results = run(bed, parts);
    }
    out.print(Report.of(results));
    if (json != null) {
      Files.writeString(json, results.toJson().encodePrettily() + "\n");
    }
    return results.failures.isEmpty() ? 0 : 1;
  }

  /** Measures these parts; one that fails is told in the results and does not keep the others. */
  static Results run(Bed bed, Set<Part> parts) {
    Results results = new Results(Machine.facts(bed.python()));
    for (Part part : parts) {
      try {
        part.run(bed, results);
      } catch (RuntimeException e) {
        bed.say(part.key() + " failed: " + e.getMessage());
        results.failures.add(new Results.Failure(part.key(), String.valueOf(e.getMessage())));
      }
    }
    return results;
  }

  private Set<Part> parts() {
    Set<Part> parts = EnumSet.allOf(Part.class);
    if (only != null) {
      parts.removeIf(part -> !only.contains(part.key()));
      if (parts.size() < Set.copyOf(only).size()) {
        throw new CommandLine.ParameterException(
            new CommandLine(this), "--only takes the names that --list shows: got " + only);
      }
    } else if (!withPeers) {
      parts.remove(Part.PEERS);
    }
    return parts;
  }

  /** The launcher names its folder; without it, this is the project. */
  private static Path project() {
    return Path.of(System.getProperty("snakepit.home", "")).toAbsolutePath();
  }

  private static String python() {
    Path own = project().resolve(".venv/bin/python");
    return Files.isExecutable(own) ? own.toString() : "python3";
  }

  /** Workers are killed on purpose here: what the log says of it is no news. */
  static void quietLog() {
    if (LoggerFactory.getLogger("io.snakepit") instanceof Logger logger) {
      logger.setLevel(Level.ERROR);
    }
  }
}
