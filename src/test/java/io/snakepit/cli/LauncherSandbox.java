package io.snakepit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A repository of one source file with the real launcher, and a PATH that holds stand-ins for java,
 * Maven and Python beside the few tools that every Unix has.
 */
final class LauncherSandbox {
  private static final Path PROJECT = Path.of(System.getProperty("snakepit.project", "."));
  private static final List<String> UNIX =
      List.of(
          "sh",
          "cat",
          "cp",
          "date",
          "dirname",
          "find",
          "flock",
          "grep",
          "head",
          "mkdir",
          "mv",
          "readlink",
          "rm",
          "rmdir",
          "sed",
          "sleep",
          "tail",
          "uname",
          "chmod");

  /** The output of a launcher, and its exit code. */
  record Run(int exitCode, String out, String err, long pid) {}

  /** A launcher that is running. What it says goes to files, so that waiting for it has an end. */
  record Started(Process process, Path said) {
    /** Returns what it has said on standard output so far. */
    String out() {
      return told("out");
    }

    /** Returns what it has said on standard error so far. */
    String err() {
      return told("err");
    }

    private String told(String file) {
      try {
        return Files.readString(said.resolve(file));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    Run finish() {
      try {
        boolean ended = process.waitFor(60, TimeUnit.SECONDS);
        if (!ended) {
          process.descendants().forEach(ProcessHandle::destroyForcibly);
          process.destroyForcibly();
        }
        String out = Files.readString(said.resolve("out"));
        String err = Files.readString(said.resolve("err"));
        assertThat(ended).as("ended within 60 s, having said:%n%s%n%s", out, err).isTrue();
        return new Run(process.exitValue(), out, err, process.pid());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }

  final Path repository;
  final Path bin;
  final Map<String, String> environment = new TreeMap<>();

  LauncherSandbox(Path folder) {
    repository = folder.resolve("repo with space");
    bin = folder.resolve("bin");
    environment.put("PATH", bin.toString());
    copyLauncher(repository);
    for (String file :
        List.of(
            "pom.xml",
            "proto/snakepit/v1/worker.proto",
            "src/main/java/A.java",
            "bench/java/B.java",
            "chaos-scripts/run-all",
            "libraries/run",
            "python/pyproject.toml",
            "python/hatch_build.py",
            "python/src/snakepit/_version.py")) {
      write(repository.resolve(file), "content");
    }
    UNIX.forEach(this::linkTool);
    copyAll(PROJECT.resolve("src/test/resources/launcher"), bin);
    copy(bin.resolve("java"), bin.resolve("javac"));
  }

  /** Copies the real launcher into a folder. */
  static void copyLauncher(Path folder) {
    copy(PROJECT.resolve("snakepit"), folder.resolve("snakepit"));
    copyAll(PROJECT.resolve("launcher"), folder.resolve("launcher"));
  }

  private void linkTool(String name) {
    Stream.of("/bin", "/usr/bin")
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst()
        .ifPresent(tool -> writeProgram(name, "exec " + tool + " \"$@\""));
  }

  /** Runs {@code ./snakepit} in the repository until it ends. */
  Run run(String... arguments) {
    return runIn(repository, repository.resolve("snakepit"), arguments);
  }

  Run runIn(Path folder, Path launcher, String... arguments) {
    return start(folder, launcher, arguments).finish();
  }

  Started start(Path folder, Path launcher, String... arguments) {
    ProcessBuilder builder =
        new ProcessBuilder(
            Stream.concat(Stream.of(launcher.toString()), Stream.of(arguments)).toList());
    builder.directory(folder.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    return start(builder, bin);
  }

  /** Starts a launcher whose output goes to files in a folder. */
  static Started start(ProcessBuilder builder, Path outputs) {
    try {
      Path said = Files.createTempDirectory(outputs, "said");
      builder.redirectOutput(said.resolve("out").toFile());
      builder.redirectError(said.resolve("err").toFile());
      return new Started(builder.start(), said);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the arguments of each call of Maven, a line for each. */
  List<String> mavenCalls() {
    return lines(bin.resolve("mvn.calls"));
  }

  /** Returns the arguments of each call of pip within the virtual environment, a line for each. */
  List<String> pipCalls() {
    return lines(repository.resolve(".venv/bin/pip.calls"));
  }

  void take(String tool) {
    delete(bin.resolve(tool));
  }

  /** Puts a shell script on the PATH. */
  void writeProgram(String name, String script) {
    writeBin(name, "#!/bin/sh\n" + script + "\n");
    bin.resolve(name).toFile().setExecutable(true, false);
  }

  void writeBin(String file, String content) {
    write(bin.resolve(file), content);
  }

  static void write(Path file, String content) {
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> lines(Path file) {
    try {
      return Files.exists(file) ? Files.readAllLines(file) : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void copyAll(Path from, Path to) {
    try (Stream<Path> files = Files.list(from)) {
      files.forEach(file -> copy(file, to.resolve(file.getFileName())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void copy(Path from, Path to) {
    try {
      Files.createDirectories(to.getParent());
      Files.copy(from, to, StandardCopyOption.COPY_ATTRIBUTES);
      to.toFile().setExecutable(true, false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
