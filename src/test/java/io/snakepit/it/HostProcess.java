package io.snakepit.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.cli.Main;
import io.snakepit.testing.TestPython;
import io.vertx.launcher.application.VertxApplication;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A command that has workers, such as {@code serve}, or Vert.x's launcher in a JVM of its own, as a
 * user runs it: with its files in a folder of its own, on a free port. Closing it kills what is
 * left.
 */
final class HostProcess implements AutoCloseable {
  private static final Pattern READY = Pattern.compile("ready  (http://\\S+)  \\(.*\\)");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Process process;
  private final Path folder;

  /** A mark that every process of this host's inherits, whatever it calls itself. */
  private final String mark;

  private HostProcess(Process process, Path folder, String mark) {
    this.process = process;
    this.folder = folder;
    this.mark = mark;
  }

  /** Starts a host in an existing folder, where {@code host.yaml} is its configuration. */
  static HostProcess start(Path folder, String yaml, String... flags) {
    List<String> words = new ArrayList<>(List.of("serve", "--config", "host.yaml"));
    words.addAll(List.of(flags));
    return launch(folder, yaml, List.of(), Main.class, words);
  }

  /** Starts a host whose environment holds further variables. */
  static HostProcess startWith(Map<String, String> variables, Path folder, String yaml) {
    List<String> words = List.of("serve", "--config", "host.yaml");
    return launch(variables, folder, yaml, List.of(), Main.class, words);
  }

  /** Starts a host as {@link #start} does, whose JVM has these options. */
  static HostProcess startWith(List<String> jvmOptions, Path folder, String yaml) {
    List<String> words = List.of("serve", "--config", "host.yaml");
    return launch(folder, yaml, jvmOptions, Main.class, words);
  }

  /** Runs an application of a test's. */
  static HostProcess runApplication(
      List<String> jvmOptions, Path folder, String yaml, Class<?> main, String... words) {
    return launch(folder, yaml, jvmOptions, main, List.of(words));
  }

  /** Runs the launcher of Vert.x applications, as users of it do. */
  static HostProcess runVertx(Path folder, String yaml, String... words) {
    return launch(folder, yaml, List.of(), VertxApplication.class, List.of(words));
  }

  /** Runs any command, whose temporary files come below the folder as well. */
  static HostProcess run(Path folder, String yaml, String... words) {
    return launch(folder, yaml, List.of("-Djava.io.tmpdir=" + folder), Main.class, List.of(words));
  }

  private static HostProcess launch(
      Path folder, String yaml, List<String> jvmOptions, Class<?> main, List<String> words) {
    return launch(Map.of(), folder, yaml, jvmOptions, main, words);
  }

  private static HostProcess launch(
      Map<String, String> variables,
      Path folder,
      String yaml,
      List<String> jvmOptions,
      Class<?> main,
      List<String> words) {
    String mark = "host-process-" + folder;
    List<String> command = new ArrayList<>(heedingSigint());
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(
        List.of("-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
    command.addAll(jvmOptions);
    command.add(main.getName());
    command.addAll(words);
    try {
      Files.writeString(folder.resolve("host.yaml"), yaml);
      ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
      builder.environment().putAll(variables);
      builder.environment().put("HOST_PROCESS", mark);
      builder.redirectOutput(folder.resolve("out").toFile());
      builder.redirectError(folder.resolve("err").toFile());
      return new HostProcess(builder.start(), folder, mark);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Returns how a command is begun that heeds SIGINT even if the tests run in the background of a
   * script: a shell has such commands ignore it, and whatever they start inherits that.
   */
  private static List<String> heedingSigint() {
    String become =
        """
        import os, signal, sys
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.execvp(sys.argv[1], sys.argv[1:])
        """;
    return List.of(TestPython.executable().toString(), "-I", "-S", "-c", become);
  }

  /** Returns a configuration on a free port, with the tests' Python. */
  static String yaml(String pools) {
    return """
        http: {port: 0}
        grpc: {enabled: false}
        pools: {default: {python: '%s', %s}}
        """
        .formatted(TestPython.executable(), pools);
  }

  /** Waits for the line that says that the host is ready, and returns the address in it. */
  String awaitReady() {
    return Awaitility.await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .failFast("the host ended", () -> assertThat(process.isAlive()).as(err()).isTrue())
        .until(this::address, found -> !found.isEmpty());
  }

  private String address() {
    Matcher ready = READY.matcher(out());
    return ready.find() ? ready.group(1) : "";
  }

  /** Waits until standard error holds that text. */
  void awaitErr(String text) {
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> err().contains(text));
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Writes a line to the standard input of the host. */
  void say(String line) throws IOException {
    process.outputWriter().append(line).append('\n').flush();
  }

  /** Sends SIGTERM to the host. */
  void terminate() {
    process.destroy();
  }

  /** Sends SIGINT, which is what Ctrl-C sends. */
  void interrupt() {
    try {
      new ProcessBuilder("kill", "-INT", String.valueOf(process.pid())).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits for the end of the host and returns its exit code. */
  int awaitEnd() {
    try {
      assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as(err()).isTrue();
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  String out() {
    return text("out");
  }

  String err() {
    return text("err");
  }

  private String text(String file) {
    try {
      return Files.readString(folder.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the live descendants of the host, found by the environment they inherit. */
  List<ProcessHandle> processes() {
    return ProcessHandle.allProcesses()
        .filter(each -> each.pid() != process.pid() && bearsMark(each))
        .toList();
  }

  private boolean bearsMark(ProcessHandle each) {
    try {
      byte[] environment = Files.readAllBytes(Path.of("/proc/" + each.pid() + "/environ"));
      return new String(environment, StandardCharsets.ISO_8859_1)
          .contains("HOST_PROCESS=" + mark + "\0");
    } catch (IOException goneOrNotOurs) {
      return false;
    }
  }

  /** Fails if a process, a socket or a directory of the run is left. */
  void assertNothingIsLeft() throws IOException {
    assertThat(processes()).isEmpty();
    Path runs = folder.resolve("data/run");
    if (Files.exists(runs)) {
      try (Stream<Path> left = Files.walk(runs)) {
        assertThat(left.filter(file -> !file.equals(runs))).isEmpty();
      }
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    processes().forEach(ProcessHandle::destroyForcibly);
  }
}
