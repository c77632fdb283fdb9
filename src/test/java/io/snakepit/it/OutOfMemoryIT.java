package io.snakepit.it;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A host that runs out of memory stops: a server ends, in an application the pools do. */
class OutOfMemoryIT {
  private static final List<String> SMALL = List.of("-Xmx64m", "-XX:MaxDirectMemorySize=32m");
  private static final int EXIT_CODE = 3;
  private static final int BODY = 30_000_000;

  @TempDir Path folder;

  private static void awaitNothingLeft(HostProcess host) {
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(host.processes()).isEmpty());
  }

  /**
   * With the option that the launcher gives to a server. Without it this fails: where the heap is
   * full, what would handle the error in Java needs memory, too, and event loops end one by one.
   */
  @Test
  void aServerThatIsOutOfHeapEndsAtOnceAndItsWorkersWithIt() throws Exception {
    String yaml = HostProcess.yaml("size: 2, maxQueueBytes: 1000000000");
    List<Socket> clients = new ArrayList<>();
    List<String> asLaunched = List.of("-Xmx64m", "-XX:+ExitOnOutOfMemoryError");
    try (HostProcess host = HostProcess.startWith(asLaunched, folder, yaml)) {
      int port = URI.create(host.awaitReady()).getPort();
      assertThat(host.processes()).isNotEmpty();
      for (int i = 0; i < 4; i++) {
        clients.add(sendMost(port));
      }
      assertThat(host.awaitEnd()).as(host.err()).isEqualTo(EXIT_CODE);
      awaitNothingLeft(host);
    } finally {
      for (Socket client : clients) {
        client.close();
      }
    }
  }

  /** Sends most of a large body, which stays in the host. */
  private static Socket sendMost(int port) throws IOException {
    Socket client = new Socket();
    try {
      client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      send(client);
    } catch (IOException hostHasEnded) {
      // That is what is tested.
    }
    return client;
  }

  private static void send(Socket client) throws IOException {
    String head =
        "POST /v1/pools/default/tools/echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: a/b\r\nContent-Length: %d\r\n\r\n"
            .formatted(BODY + 1);
    client.getOutputStream().write(head.getBytes(US_ASCII));
    client.getOutputStream().write(new byte[BODY]);
  }

  @ParameterizedTest
  @ValueSource(strings = {"heap", "direct"})
  void anApplicationEndsIfItAskedForThat(String memory) {
    try (HostProcess host = application(memory, "exit")) {
      assertThat(host.awaitEnd()).as(host.err()).isEqualTo(EXIT_CODE);
      assertThat(host.out()).doesNotContain("told");
      assertThat(host.err()).contains("out of memory: the server ends at once");
      awaitNothingLeft(host);
    }
  }

  /** Fails if an application that goes on is not told, or is left with workers. */
  @ParameterizedTest
  @ValueSource(strings = {"heap", "direct"})
  void elseItsPoolsEndAndCallsAreRefused(String memory) throws Exception {
    try (HostProcess host = application(memory, "stay")) {
      await().atMost(Duration.ofSeconds(60)).until(() -> host.out().contains("next "));
      assertThat(host.out()).contains("told\n", "running INTERNAL\n", "next INTERNAL\n");
      awaitNothingLeft(host);
      assertThat(host.isAlive()).isTrue();
      host.say("on");
      assertThat(host.awaitEnd()).as(host.err()).isZero();
      assertThat(host.out()).contains("stopped");
      host.assertNothingIsLeft();
    }
  }

  private HostProcess application(String memory, String then) {
    return HostProcess.runApplication(
        SMALL,
        folder,
        HostProcess.yaml("size: 2, executeTimeoutMs: 0"),
        OutOfMemoryApplication.class,
        memory,
        then);
  }
}
