package io.snakepit.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.Snakepit;
import io.snakepit.testing.Leftovers;
import io.snakepit.testing.TestPython;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The application in {@code examples/embedding}, built outside of this build against the installed
 * jar, and run. The jar goes to a local repository of the test's own, which borrows all else from
 * the machine's, so that little or nothing has to be downloaded.
 */
class InstalledJarIT {
  private static final Path PROJECT =
      Path.of(System.getProperty("snakepit.project", "")).toAbsolutePath();
  private static final long PATIENCE_S = 240;

  @TempDir Path folder;

  @Test
  void anApplicationIsBuiltAgainstItAndRuns() throws Exception {
    Path repository = repository();
    install(repository);
    Path application = copyOf(PROJECT.resolve("examples/embedding"), folder.resolve("application"));
    maven(application, "-Dmaven.repo.local=" + repository, "package");

    String told =
        run(
            application,
            Map.of("SNAKEPIT_POOLS_DEFAULT_PYTHON", TestPython.executable().toString()),
            List.of(java(), "-jar", "target/embedding.jar", "Ada", "Grace"));

    assertThat(told.lines()).contains("Hello, Ada and Grace!");
    Leftovers.assertNone(application);
  }

  /** Makes a local repository that has everything of the machine's but an installed Snakepit. */
  private Path repository() throws IOException {
    Path made = folder.resolve("repository");
    Path machines = machinesRepository();
    borrow(machines, made, "io");
    borrow(machines.resolve("io"), made.resolve("io"), "snakepit");
    return made;
  }

  private static Path machinesRepository() {
    String known = System.getProperty("localRepository", "");
    return known.isEmpty()
        ? Path.of(System.getProperty("user.home"), ".m2", "repository")
        : Path.of(known);
  }

  /** Links to each folder but one. */
  private static void borrow(Path from, Path to, String butNot) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> all = Files.list(from)) {
      for (Path each : all.filter(Files::isDirectory).toList()) {
        if (!each.endsWith(butNot)) {
          Files.createSymbolicLink(to.resolve(each.getFileName()), each);
        }
      }
    }
  }

  private void install(Path repository) throws Exception {
    maven(
        PROJECT,
        "install:install-file",
        "-Dfile=" + jar(),
        "-DpomFile=" + PROJECT.resolve("pom.xml"),
        "-DlocalRepositoryPath=" + repository);
    assertThat(repository.resolve("io/snakepit/snakepit")).isDirectoryContaining("glob:**/[0-9]*");
  }

  /** The jar that this build has made, whether the tests run from it or from its classes. */
  private static Path jar() throws URISyntaxException {
    Path tested =
        Path.of(Snakepit.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Path jar = Files.isDirectory(tested) ? tested.resolveSibling("snakepit.jar") : tested;
    assertThat(jar).as("made by mvn package").isRegularFile();
    return jar;
  }

  private static Path copyOf(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path each : all.filter(path -> !path.startsWith(from.resolve("target"))).toList()) {
        Path copy = to.resolve(from.relativize(each).toString());
        if (Files.isDirectory(each)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(each, copy);
        }
      }
    }
    return to;
  }

  private static void maven(Path directory, String... words) throws Exception {
    List<String> command = new ArrayList<>(List.of("mvn", "-q", "-B"));
    command.addAll(List.of(words));
    run(directory, Map.of(), command);
  }

  private static String java() {
    return ProcessHandle.current().info().command().orElse("java");
  }

  /** Runs a command to its end and answers what it printed; fails if it fails. */
  private static String run(Path directory, Map<String, String> environment, List<String> command)
      throws Exception {
    Path printed = Files.createTempFile("printed", ".txt");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .redirectOutput(printed.toFile());
      builder.environment().putAll(environment);
      Process process = builder.start();
      boolean ended = process.waitFor(PATIENCE_S, TimeUnit.SECONDS);
      process.destroyForcibly();
      String text = Files.readString(printed);
      assertThat(ended).as("%s ends: %s", command, text).isTrue();
      assertThat(process.exitValue()).as("%s: %s", command, text).isZero();
      return text;
    } finally {
      Files.delete(printed);
    }
  }
}
