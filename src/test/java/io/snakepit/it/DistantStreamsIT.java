package io.snakepit.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.snakepit.api.Call;
import io.snakepit.testing.Leftovers;
import io.snakepit.testing.LoopbackCluster;
import io.snakepit.testing.RunningSnakepit;
import io.snakepit.testing.TestAdapters;
import io.snakepit.testing.TestPython;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** S4: a stream whose consumer is another member of a Vert.x cluster, in a JVM of its own. */
class DistantStreamsIT {
  @TempDir Path directory;
  private RunningSnakepit running;
  private Process consumer;
  private PrintWriter orders;
  private final BlockingQueue<JsonObject> told = new LinkedBlockingQueue<>();

  @BeforeEach
  void start() throws Exception {
    int port = freePort();
    String module = TestAdapters.write(directory, "streams", TestAdapters.STREAMS);
    JsonObject pool =
        new JsonObject()
            .put("adapter", module)
            .put("python", TestPython.executable().toString())
            .put("pythonPath", new JsonArray().add(directory.toString()))
            .put("size", 1)
            .put("executeTimeoutMs", 0);
    JsonObject configuration = new JsonObject().put("pools", new JsonObject().put("default", pool));
    running = RunningSnakepit.start(LoopbackCluster.join(port, port), directory, configuration);
    JsonObject call =
        new JsonObject()
            .put("tool", "noted")
            .put(
                "args",
                new JsonObject().put("path", notes().toString()).put("n", 1_000_000_000_000L));
    consumer = startConsumer(port, call);
  }

  private Process startConsumer(int first, JsonObject call) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
                List.of(
                    ProcessHandle.current().info().command().orElse("java"),
                    "-XX:TieredStopAtLevel=1",
                    "-Xmx256m",
                    "-cp",
                    System.getProperty("java.class.path"),
                    DistantConsumer.class.getName(),
                    String.valueOf(freePort()),
                    String.valueOf(first),
                    call.encode()))
            .redirectError(directory.resolve("consumer.err").toFile());
    Process started = builder.start();
    orders = new PrintWriter(started.getOutputStream(), true, StandardCharsets.UTF_8);
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8));
    Thread reader =
        new Thread(
            () ->
                lines
                    .lines()
                    .filter(l -> l.startsWith("{"))
                    .map(JsonObject::new)
                    .forEach(told::add),
            "distant-consumer");
    reader.setDaemon(true);
    reader.start();
    return started;
  }

  @AfterEach
  void stop() throws Exception {
    if (consumer != null) {
      consumer.destroyForcibly().waitFor();
    }
    running.close();
    Leftovers.assertNone(directory);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private Path notes() {
    return directory.resolve("notes");
  }

  private List<String> noted() throws IOException {
    return Files.exists(notes()) ? Files.readAllLines(notes()) : List.of();
  }

  private JsonObject next() throws Exception {
    JsonObject next = told.poll(120, TimeUnit.SECONDS);
    assertThat(next).as(Files.readString(directory.resolve("consumer.err"))).isNotNull();
    return next;
  }

  private void awaitClosed() {
    await()
        .atMost(Pools.PATIENCE)
        .untilAsserted(() -> assertThat(noted()).isNotEmpty().last().isEqualTo("closed"));
    Pools.awaitRunning(running, 0);
    assertThat(running.call(Call.of("plain"))).isNotNull();
  }

  /** Fails if a chunk comes without credit, or behind a cancel. */
  @Test
  void aConsumerInAnotherJvmGetsWhatItAsksForAndCancels() throws Exception {
    String stream = next().getString("stream");
    orders.println("3");
    for (int i = 1; i <= 3; i++) {
      JsonObject message = next();
      assertThat(message.getLong("seq")).isEqualTo(i);
      assertThat(message.getString("stream")).isEqualTo(stream);
      assertThat(message.getString("chunk")).isEqualTo("x");
    }
    orders.println("1");
    assertThat(next().getLong("seq")).isEqualTo(4);
    assertThat(told).as("no credit: nothing is sent").isEmpty();
    orders.println("cancel");
    assertThat(next().getJsonObject("error").getString("code")).isEqualTo("CANCELLED");
    awaitClosed();
  }

  /** Fails if a generator goes on for a consumer whose JVM is gone. */
  @Test
  void aConsumerThatIsKilledLeavesNoGeneratorBehind() throws Exception {
    next();
    orders.println("2000000000");
    next();
    consumer.destroyForcibly().waitFor();
    awaitClosed();
  }
}
