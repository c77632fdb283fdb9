package io.snakepit.process;

import io.snakepit.process.OutputLine.Source;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The answer of a program that was asked, as Python, what it is. It is run like a worker, with
 * site-packages and {@code PYTHONPATH}; all that a program prints besides is left alone.
 *
 * @param answers by name; empty from a program that is no Python
 */
record InterpreterProbe(
    Interpreter.Search search, Path program, Map<String, String> answers, List<String> errors) {

  /** The mark that precedes an answer's name. */
  static final String MARK = "snakepit:";

  private static final List<Integer> OLDEST_PYTHON = List.of(3, 10);

  /** The program that asks; it runs on every Python since 2.6. */
  private static final String QUESTION =
      """
      import sys
      def tell(name, value):
          sys.stdout.write('\\n%s%s=%s\\n' % ('snakepit:', name, value))
      tell('executable', sys.executable)
      tell('version', '.'.join(str(part) for part in sys.version_info[:3]))
      """;

  /** Asks a program what it is. Blocks. */
  static InterpreterProbe run(
      Interpreter.Search search, Path program, ProcessLauncher launcher, Duration patience)
      throws InterpreterException {
    List<String> command = List.of(program.toString(), "-c", QUESTION);
    Lines lines = new Lines();
    try {
      ProcessLauncher.Child child =
          launcher.launch(
              new ProcessLauncher.Order(command, search.environment(), search.home()), lines);
      await(search, program, child, patience);
    } catch (LaunchException e) {
      throw new InterpreterException(
          "%s: %s; name a Python interpreter of 3.10 or newer"
              .formatted(search.setting(), e.getMessage()));
    }
    return new InterpreterProbe(search, program, lines.answers(), lines.errors());
  }

  private static void await(
      Interpreter.Search search, Path program, ProcessLauncher.Child child, Duration patience)
      throws InterpreterException {
    child.closeStdin();
    try {
      child.exit().toCompletableFuture().get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new InterpreterException(
          "%s: %s did not answer within %d ms"
              .formatted(search.setting(), program, patience.toMillis()));
    } catch (ExecutionException e) {
      throw new InterpreterException("%s: %s".formatted(search.setting(), e.getCause()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterpreterException(search.setting() + ": interrupted while asking it");
    } finally {
      child.kill();
    }
  }

  /** Returns the interpreter if it can run workers; else throws why it can't. */
  Interpreter judge() throws InterpreterException {
    String version = answers.get("version");
    if (version == null) {
      throw new InterpreterException(
          "%s: %s is no Python interpreter%s"
              .formatted(search.setting(), program, errors.isEmpty() ? "" : ": " + errors.get(0)));
    }
    if (older(version, OLDEST_PYTHON)) {
      throw new InterpreterException(
          "%s: %s is Python %s; 3.10 or newer is needed"
              .formatted(search.setting(), program, version));
    }
    String told = answers.getOrDefault("executable", "");
    Path executable = told.isEmpty() ? program : Path.of(told);
    return new Interpreter(executable, version);
  }

  /** Compares dotted numbers; what is no number counts as 0. */
  static boolean older(String version, List<Integer> limit) {
    List<Integer> parts =
        Arrays.stream(version.split("\\.", -1))
            .map(part -> part.replaceAll("\\D.*", ""))
            .map(digits -> digits.isEmpty() ? 0 : Integer.parseInt(digits))
            .toList();
    for (int i = 0; i < limit.size(); i++) {
      int part = i < parts.size() ? parts.get(i) : 0;
      if (part != limit.get(i)) {
        return part < limit.get(i);
      }
    }
    return false;
  }

  /** Gathers the output, on the launcher's threads. */
  private static final class Lines implements ProcessLauncher.Output {
    private static final int MAX_ERRORS = 20;

    private final Map<String, String> answers = new HashMap<>();
    private final List<String> errors = new ArrayList<>();

    @Override
    public synchronized void line(OutputLine line) {
      String text = line.text();
      int equals = text.indexOf('=');
      if (text.startsWith(MARK) && equals > 0) {
        answers.put(text.substring(MARK.length(), equals), text.substring(equals + 1));
      } else if (line.source() == Source.STDERR && errors.size() < MAX_ERRORS) {
        errors.add(text);
      }
    }

    synchronized Map<String, String> answers() {
      return Map.copyOf(answers);
    }

    synchronized List<String> errors() {
      return List.copyOf(errors);
    }
  }
}
