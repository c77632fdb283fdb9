package io.snakepit.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.SnakepitException;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A member of a cluster in another JVM, which sends what it is told. Closing it kills it. */
final class DistantMember implements AutoCloseable {
  private final Process process;
  private final PrintWriter orders;
  private final Path errors;
  private final List<JsonObject> seen = new ArrayList<>();
  private final BlockingQueue<JsonObject> lines = new LinkedBlockingQueue<>();

  private DistantMember(ProcessBuilder builder, Path errors) throws IOException {
    this.errors = errors;
    this.process = builder.redirectError(errors.toFile()).start();
    this.orders = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    Thread reader = new Thread(() -> read(out), "distant-member");
    reader.setDaemon(true);
    reader.start();
  }

  private void read(BufferedReader out) {
    out.lines().filter(l -> l.startsWith("{")).map(JsonObject::new).forEach(lines::add);
  }

  /** Starts one that has Vert.x and Hazelcast, and nothing of Snakepit. */
  static DistantMember plain(int first, Path directory) throws Exception {
    Path ours =
        Path.of(
            SnakepitException.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    String without =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !Path.of(entry).equals(ours))
            .collect(Collectors.joining(File.pathSeparator));
    return start(without, PlainMember.class, first, directory);
  }

  /** Starts one that has our classes on its class path. */
  static DistantMember withJar(int first, Path directory) throws Exception {
    return start(System.getProperty("java.class.path"), MemberWithJar.class, first, directory);
  }

  private static DistantMember start(String classPath, Class<?> main, int first, Path directory)
      throws Exception {
    String java = ProcessHandle.current().info().command().orElse("java");
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                java,
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-cp",
                classPath,
                main.getName(),
                String.valueOf(freePort()),
                String.valueOf(first)));
    DistantMember made = new DistantMember(builder, directory.resolve(main.getSimpleName()));
    try {
      assertThat(made.next().containsKey("joined")).isTrue();
      return made;
    } catch (Exception | AssertionError e) {
      made.close();
      throw e;
    }
  }

  /** Returns a port that nobody listens on. */
  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Has it send a message: see {@link PlainMember}. */
  void send(JsonObject order) {
    orders.println(order.encode());
  }

  /** Has it send a message, and returns what it prints next. */
  JsonObject ask(JsonObject order) throws Exception {
    send(order);
    return next();
  }

  /** Waits for the next line that it prints. */
  JsonObject next() throws Exception {
    for (int i = 0; i < 600; i++) {
      JsonObject line = lines.poll(100, TimeUnit.MILLISECONDS);
      if (line != null) {
        seen.add(line);
        return line;
      }
      assertThat(process.isAlive()).as(errors()).isTrue();
    }
    throw new AssertionError("it says nothing more after " + seen + ": " + errors());
  }

  /** Returns what it has logged. */
  String errors() throws IOException {
    return Files.readString(errors);
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
