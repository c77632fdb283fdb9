package io.snakepit.it;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.snakepit.api.Call;
import io.snakepit.api.Result;
import io.snakepit.testing.Leftovers;
import io.snakepit.testing.RunningSnakepit;
import io.snakepit.testing.TestAdapters;
import io.snakepit.testing.TestPython;
import io.vertx.core.Future;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bodies of hundreds of megabytes pass through HTTP, and uploads of any size. */
class LargeBodiesIT {
  private static final long MIB = 1024 * 1024;
  private static final long LARGEST = 256 * MIB;
  private static final int PIECE = 256 * 1024;

  @TempDir static Path directory;
  private static RunningSnakepit running;

  @BeforeAll
  static void start() {
    String adapter =
        TestAdapters.STREAMS
            + """

              @tool
              def mirrored(body: bytes) -> bytes:
                  return body
              """;
    JsonObject pool =
        new JsonObject()
            .put("adapter", TestAdapters.write(directory, "streams", adapter))
            .put("python", TestPython.executable().toString())
            .put("pythonPath", new JsonArray().add(directory.toString()))
            .put("size", 1)
            .put("executeTimeoutMs", 120_000);
    running =
        RunningSnakepit.start(
            directory,
            new JsonObject()
                .put("http", new JsonObject().put("maxBodyBytes", LARGEST))
                .put("pools", new JsonObject().put("default", pool)));
  }

  @AfterAll
  static void stop() {
    running.close();
    Leftovers.assertNone(directory);
  }

  private static Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), running.snakepit().httpPort());
    socket.setSoTimeout(120_000);
    return socket;
  }

  private static String head(String tool, long length, String... more) {
    return "POST /v1/pools/default/tools/%s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-any\r\nContent-Length: %d\r\n%s\r\n"
        .formatted(tool, length, String.join("", more));
  }

  private static byte[] piece(long seed) {
    byte[] piece = new byte[PIECE];
    new Random(seed).nextBytes(piece);
    return piece;
  }

  private static String readHead(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int b = in.read();
      assertThat(b).as(head.toString()).isNotNegative();
      head.append((char) b);
    }
    return head.toString();
  }

  /** Fails if a body of that size can't pass, or a byte of it changes on the way. */
  @Test
  void aBodyAtTheLimitComesBackAsItWas() throws Exception {
    try (Socket socket = connect()) {
      OutputStream out = socket.getOutputStream();
      CRC32C sent = new CRC32C();
      out.write(head("mirrored", LARGEST).getBytes(US_ASCII));
      for (long at = 0; at < LARGEST; at += PIECE) {
        byte[] piece = piece(at);
        sent.update(piece);
        out.write(piece);
      }
      InputStream in = socket.getInputStream();
      assertThat(readHead(in)).startsWith("HTTP/1.1 200 ").contains("Content-Length: " + LARGEST);
      CRC32C received = new CRC32C();
      byte[] buffer = new byte[PIECE];
      for (long left = LARGEST; left > 0; ) {
        int got = in.read(buffer, 0, (int) Math.min(left, PIECE));
        assertThat(got).isPositive();
        received.update(buffer, 0, got);
        left -= got;
      }
      assertThat(received.getValue()).isEqualTo(sent.getValue());
    }
  }

  /** Fails if a body is read before its length is looked at. */
  @Test
  void aBodyOverTheLimitIsRefusedBeforeItIsSent() throws Exception {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(head("mirrored", LARGEST + 1).getBytes(US_ASCII));
      assertThat(readHead(socket.getInputStream())).startsWith("HTTP/1.1 413 ");
    }
  }

  /**
   * 2 GB pass through host and worker, and neither holds more than some windows of it. Fails if
   * either gathers the body, or is fed faster than it takes.
   */
  @Test
  void anUploadOfTwoGigabytesLeavesMemoryFlat() throws Exception {
    long bytes = 2_000_000_000;
    upload("length", 1_000_000);
    long pid = Pools.settledPids(running).get(0);
    long rss = rss(pid);
    AtomicBoolean over = new AtomicBoolean();
    CompletableFuture<Long> highest = watch(over, () -> rss(pid));
    long heap = heapInUse();
    try {
      JsonObject answer = upload("length", bytes);
      assertThat(answer.getLong("bytes")).isEqualTo(bytes);
      assertThat(answer.getLong("pieces")).isGreaterThan(1_000);
    } finally {
      over.set(true);
    }
    assertThat(highest.join() - rss).as("growth of the worker").isLessThan(32 * MIB);
    assertThat(heapInUse() - heap).as("growth of the host's heap").isLessThan(32 * MIB);
  }

  /** Fails if the client can send all of it to a tool that takes nothing. */
  @Test
  void anUploadThatIsNotTakenStopsTheClient() throws Exception {
    AtomicLong sent = new AtomicLong();
    CompletableFuture<Void> sending;
    try (Socket socket = connect()) {
      OutputStream out = socket.getOutputStream();
      out.write(head("slow", 400 * MIB, "Snakepit-Timeout-Ms: 8000\r\n").getBytes(US_ASCII));
      sending = CompletableFuture.runAsync(() -> sendAll(out, 400 * MIB, sent));
      AtomicLong seen = new AtomicLong(-1);
      await()
          .atMost(Pools.PATIENCE)
          .pollInterval(Duration.ofMillis(20))
          .during(Duration.ofMillis(500))
          .until(() -> sent.get() > 0 && seen.getAndSet(sent.get()) == sent.get());
      assertThat(sent.get()).isLessThan(64 * MIB);
    }
    sending.join();
    // What the kernel still has of its bytes hides that the client is gone: its deadline ends it.
    Pools.awaitRunning(running, 0);
  }

  /** Fails if the end of a client is not seen while nothing of its body is read. */
  @Test
  void aClientThatGoesWhileItsUploadIsNotTakenCancelsTheCall() throws Exception {
    try (Socket socket = connect()) {
      OutputStream out = socket.getOutputStream();
      out.write(head("slow", 400 * MIB).getBytes(US_ASCII));
      for (int i = 0; i < 5; i++) {
        out.write(piece(i));
      }
      Pools.awaitRunning(running, 1);
    }
    Pools.awaitRunning(running, 0);
  }

  /**
   * A call from Java has a file as its body. Fails if it is read where it may not be, or not to its
   * end.
   */
  @Test
  void aFileIsUploadedAsItIsRead() throws Exception {
    Path file = directory.resolve("video");
    Files.write(file, new byte[(int) (5 * MIB)]);
    Future<Object> length =
        running
            .vertx()
            .fileSystem()
            .open(file.toString(), new OpenOptions().setRead(true))
            .compose(
                open ->
                    running
                        .snakepit()
                        .execute(Call.of("length").upload(open.pause(), "video/mp4"))
                        .map(Result::json)
                        .eventually(() -> open.close()));
    JsonObject told = (JsonObject) RunningSnakepit.await(length);
    assertThat(told.getLong("bytes")).isEqualTo(5 * MIB);
    assertThat(told.getLong("pieces")).isGreaterThan(5);
  }

  private static void sendAll(OutputStream out, long bytes, AtomicLong sent) {
    try {
      byte[] piece = piece(1);
      while (sent.get() < bytes) {
        out.write(piece);
        sent.addAndGet(PIECE);
      }
    } catch (IOException closed) {
      // By the test, when it has seen enough.
    }
  }

  private static JsonObject upload(String tool, long bytes) throws IOException {
    try (Socket socket = connect()) {
      OutputStream out = socket.getOutputStream();
      out.write(head(tool, bytes, "Connection: close\r\n").getBytes(US_ASCII));
      byte[] piece = piece(1);
      for (long left = bytes; left > 0; left -= PIECE) {
        out.write(piece, 0, (int) Math.min(left, PIECE));
      }
      InputStream in = socket.getInputStream();
      assertThat(readHead(in)).startsWith("HTTP/1.1 200 ");
      return new JsonObject(new String(in.readAllBytes(), US_ASCII));
    }
  }

  private static CompletableFuture<Long> watch(AtomicBoolean over, LongSupplier figure) {
    return CompletableFuture.supplyAsync(
        () -> {
          long highest = 0;
          while (!over.get()) {
            highest = Math.max(highest, figure.getAsLong());
            LockSupport.parkNanos(2_000_000);
          }
          return highest;
        });
  }

  private static long rss(long pid) {
    try {
      return Files.readAllLines(Path.of("/proc", String.valueOf(pid), "status")).stream()
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
          .findFirst()
          .orElse(0);
    } catch (IOException gone) {
      return Long.MAX_VALUE;
    }
  }

  private static long heapInUse() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
