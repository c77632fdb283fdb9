package io.snakepit.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The means of a run's measurements: its plan, its processes, and its place on disk. Close it. */
final class Bed implements AutoCloseable {
  private final Plan plan;
  private final Path project;
  private final String python;
  private final Path directory;
  private final Children children = new Children();
  private final Progress progress;
  private final Thread onExit = new Thread(this::cleanUp, "bench-clean-up");
  private final AtomicInteger names = new AtomicInteger();
  private @Nullable HttpGenerator http;

  /**
   * Makes the directory of a run.
   *
   * @param project where {@code bench/} and the launcher lie
   * @param python the interpreter of floor, workers and peers
   */
  Bed(Plan plan, Path project, String python, PrintStream progress) {
    this.plan = plan;
    this.project = project;
    this.python = python;
    this.progress = new Progress(progress);
    try {
      this.directory = Files.createTempDirectory("snakepit-bench");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Runtime.getRuntime().addShutdownHook(onExit);
  }

  Plan plan() {
    return plan;
  }

  Path project() {
    return project;
  }

  String python() {
    return python;
  }

  Children children() {
    return children;
  }

  /** Returns the load generator for HTTP, started at the first call. */
  HttpGenerator http() {
    HttpGenerator running = http;
    if (running == null) {
      running = new HttpGenerator(this);
      http = running;
    }
    return running;
  }

  void say(String what) {
    progress.say(what);
  }

  /** Returns a path at which no file exists yet. */
  Path fresh(String name) {
    return directory.resolve(name + names.incrementAndGet());
  }

  /** Starts one of the benchmark's Python programs. */
  Process startScript(String name, String interpreter, String... arguments) {
    return children.start(command(name, interpreter, arguments), directory);
  }

  /** Starts a Python program as {@code startScript} does, with its errors in a file. */
  Process startScript(String name, String interpreter, Path errors, String... arguments) {
    return children.start(command(name, interpreter, arguments), directory, errors);
  }

  private List<String> command(String name, String interpreter, String... arguments) {
    String script = project.resolve("bench/python").resolve(name).toString();
    return Stream.concat(Stream.of(interpreter, script), Stream.of(arguments)).toList();
  }

  /** Ends all processes and removes all files; also done when the JVM is asked to end. */
  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(onExit);
    if (http != null) {
      http.close();
    }
    cleanUp();
  }

  private void cleanUp() {
    children.close();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException inUse) {
      progress.say("left behind: " + directory + " (" + inUse.getMessage() + ")");
    }
  }
}
