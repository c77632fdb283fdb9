package io.snakepit.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A client that pipelines requests and takes none of the small answers is not served on once what
 * it doesn't take fills its connection's queue; what it sends meanwhile stays in the kernel.
 */
class PipelinedAnswersTest extends DoorTestBase {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int REQUESTS = 60_000;
  private static final Buffer KILOBYTE = Buffer.buffer("\"" + "x".repeat(1_022) + "\"");

  /**
   * More answers than all queues hold together: those of the kernel, of 4 MB or so, and that of the
   * connection, 64 KiB.
   */
  private static final int TOO_MANY = 20_000;

  private final AtomicInteger served = new AtomicInteger();

  @BeforeEach
  void count() {
    executor.behave(
        call -> {
          served.incrementAndGet();
          return Future.succeededFuture(FakeExecutor.result(call, "", KILOBYTE));
        });
  }

  private Socket connectNarrowly() throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(16_384);
    socket.setSoTimeout((int) PATIENCE.toMillis());
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), door.actualPort()));
    return socket;
  }

  private static Thread writeAll(Socket socket) {
    Thread writer =
        new Thread(
            () -> {
              try {
                OutputStream out = socket.getOutputStream();
                for (int i = 0; i < REQUESTS; i++) {
                  String head = Probe.head("POST", ECHO, JSON, "Snakepit-Call-Id: c-" + i);
                  out.write((head + "Content-Length: 2\r\n\r\n{}").getBytes(US_ASCII));
                }
              } catch (IOException closed) {
                // The test has closed it, or the host has.
              }
            },
            "pipelining");
    writer.start();
    return writer;
  }

  /** Waits until no more is served, as three looks in a row tell. */
  private void awaitStandstill() {
    AtomicInteger last = new AtomicInteger();
    AtomicInteger same = new AtomicInteger();
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(300))
        .until(
            () -> {
              int now = served.get();
              boolean still = now > 0 && now == last.getAndSet(now);
              same.set(still ? same.get() + 1 : 0);
              return same.get() == 3;
            });
  }

  /** Fails if answers are written whether there is room for them or not. */
  @Test
  void aClientThatTakesNothingIsServedNoFurtherThanItsQueue() throws Exception {
    try (Socket socket = connectNarrowly()) {
      Thread writer = writeAll(socket);
      awaitStandstill();
      assertThat(served.get()).isLessThan(TOO_MANY);
      assertThat(probe.post(ECHO, "{}", JSON).status()).as("another client").isEqualTo(200);

      readAll(socket);
      writer.join(PATIENCE.toMillis());
      assertThat(served.get()).isEqualTo(REQUESTS + 1);
    }
  }

  private static void readAll(Socket socket) throws IOException {
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
    int next = 0;
    while (next < REQUESTS) {
      String line = lines.readLine();
      if (line.startsWith("Snakepit-Call-Id: ")) {
        assertThat(line).endsWith(": c-" + next);
        next++;
      }
    }
  }

  /** Fails if what is left of its requests begins the client's time anew. */
  @Test
  void aClientThatGoesOnTakingNothingIsClosed() throws Exception {
    try (Socket socket = connectNarrowly()) {
      Thread writer = writeAll(socket);
      awaitStandstill();
      pass(IDLE_SECONDS + 1);
      Awaitility.await().atMost(PATIENCE).until(() -> connections() == 0);
      writer.join(PATIENCE.toMillis());
      assertThat(served.get()).isLessThan(TOO_MANY);
    } catch (SocketException closedByTheHost) {
      // Closing a socket that has been reset may fail.
    }
  }
}
