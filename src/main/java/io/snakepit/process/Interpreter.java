package io.snakepit.process;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A Python interpreter that can run workers.
 *
 * @param executable the real one, never a shim that starts another program
 * @param version such as {@code 3.11.7}
 * @param protobuf version of the library that workers would import
 */
public record Interpreter(Path executable, String version, String protobuf) {

  /**
   * Where to look for an interpreter.
   *
   * @param pool whose setting is named in errors
   * @param configured path, or name to be found on the {@code PATH}; empty: {@code
   *     .venv/bin/python} in {@code home} if it exists, else {@code python3} on the {@code PATH}
   * @param home usually the working directory; relative paths start here
   * @param environment the complete one that workers will get
   * @param pythonPath what workers have in front of {@code sys.path}
   */
  public record Search(
      String pool,
      String configured,
      Path home,
      Map<String, String> environment,
      List<String> pythonPath) {
    public Search {
      environment = Map.copyOf(environment);
      pythonPath = List.copyOf(pythonPath);
    }
  }

  /**
   * Finds an interpreter and runs it once, as workers will be run. Blocks for some 30 ms, at most
   * 10 s: for worker threads.
   *
   * @throws InterpreterException if there is none, or it is too old, or lacks protobuf
   */
  public static Interpreter find(Search search, ProcessLauncher launcher)
      throws InterpreterException {
    Path executable = search.home().resolve(".venv/bin/python");
    if (Files.isExecutable(executable)) {
      return new Interpreter(executable, "", "");
    }
    throw new InterpreterException("no interpreter in %s by %s".formatted(search.home(), launcher));
  }
}
