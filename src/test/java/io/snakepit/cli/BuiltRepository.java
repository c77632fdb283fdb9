package io.snakepit.cli;

import static io.snakepit.cli.LauncherSandbox.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.cli.LauncherSandbox.Started;
import io.snakepit.testing.Jdks.Jdk;
import io.snakepit.testing.TestPython;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A repository in which the real launcher finds everything built: the jar of this build, and the
 * tests' Python. What it runs, it runs on a JDK of the test's choice.
 */
final class BuiltRepository {
  /** A program that types a file into a terminal of another program's. */
  private static final Path TYPIST = TestPython.project().resolve("src/test/resources/typist.py");

  private static final List<String> SOURCES =
      List.of(
          "pom.xml",
          "proto/worker.proto",
          "src/main/java/A.java",
          "python/pyproject.toml",
          "python/hatch_build.py",
          "python/src/snakepit/_version.py");

  final Path folder;
  final Map<String, String> environment = new TreeMap<>(System.getenv());

  /** The kinds of standard input. */
  enum Input {
    PIPE,
    FILE,
    TERMINAL,
    DEV_NULL
  }

  BuiltRepository(Path folder, Jdk jdk) {
    this.folder = folder;
    environment.put("JAVA_HOME", jdk.home().toString());
    environment.keySet().removeIf(name -> name.startsWith("SNAKEPIT_"));
    LauncherSandbox.copyLauncher(folder);
    SOURCES.forEach(file -> write(folder.resolve(file), "content"));
    layBuild();
    write(
        folder.resolve(".venv/bin/python"),
        "#!/bin/sh\nexec '" + TestPython.executable() + "' \"$@\"\n");
    assertThat(folder.resolve(".venv/bin/python").toFile().setExecutable(true)).isTrue();
    write(folder.resolve(".venv/snakepit.made"), realPath(folder) + "\n");
    write(folder.resolve(".venv/snakepit.stamp"), lines("proto/", "python/"));
    write(
        folder.resolve("target/launcher/jar.stamp"),
        lines("pom.xml", "proto/", "src/main", "python/src"));
  }

  /** Lists sources in the order in which {@code find} is asked for them. */
  private static String lines(String... starts) {
    return Stream.of(starts)
        .flatMap(start -> SOURCES.stream().filter(file -> file.startsWith(start)))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private void layBuild() {
    Path work = folder.resolve("target/launcher");
    try {
      Files.createDirectories(work);
      Path jar = jar();
      Files.createSymbolicLink(work.resolve("snakepit.jar"), jar);
      Files.createSymbolicLink(work.resolve("lib"), jar.resolveSibling("lib"));
    } catch (IOException | URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the jar that this build has made, whether the tests run from it or its classes. */
  private static Path jar() throws URISyntaxException {
    Path tested = Path.of(Main.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Path jar = Files.isDirectory(tested) ? tested.resolveSibling("snakepit.jar") : tested;
    assertThat(jar).as("made by mvn package").isRegularFile();
    return jar;
  }

  /** Removes the links out of a repository, which a temporary folder's removal would warn of. */
  static void removeLinks(Path folder) {
    LauncherSandbox.delete(folder.resolve("target/launcher/snakepit.jar"));
    LauncherSandbox.delete(folder.resolve("target/launcher/lib"));
  }

  private static Path realPath(Path folder) {
    try {
      return folder.toRealPath();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts {@code ./snakepit} in the repository, with a text for its standard input. */
  Started start(Input input, String text, String... arguments) {
    List<String> command = new ArrayList<>();
    Path typed = folder.resolve("typed-" + UUID.randomUUID());
    write(typed, text);
    if (input == Input.TERMINAL) {
      command.addAll(
          List.of(TestPython.executable().toString(), TYPIST.toString(), typed.toString()));
    }
    command.add("./snakepit");
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.redirectInput(
        switch (input) {
          case FILE -> ProcessBuilder.Redirect.from(typed.toFile());
          case DEV_NULL, TERMINAL -> ProcessBuilder.Redirect.from(new File("/dev/null"));
          case PIPE -> ProcessBuilder.Redirect.PIPE;
        });
    Started started = LauncherSandbox.start(builder, folder);
    if (input == Input.PIPE) {
      type(text, started.process());
    }
    return started;
  }

  private static void type(String text, Process process) {
    try (var stdin = process.getOutputStream()) {
      stdin.write(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    } catch (IOException endedUnread) {
      // It need not read it; what it says and its exit code tell the rest.
    }
  }
}
