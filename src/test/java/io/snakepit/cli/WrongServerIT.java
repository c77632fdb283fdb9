package io.snakepit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands of which the server is none, or is none of ours. */
class WrongServerIT {
  private static final Duration BOUND = Duration.ofSeconds(60);

  private static CommandRun assertFails(String command, int port, String... said) {
    Instant begun = Instant.now();
    String url = "http://127.0.0.1:" + port;

    CommandRun run = CommandRun.of((command + " --url " + url).split(" ", -1));

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains(url, "--url").contains(said).doesNotContain("\tat ");
    assertThat(Duration.between(begun, Instant.now())).isLessThan(BOUND);
    return run;
  }

  private static ServerSocket listen() throws IOException {
    return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  @ParameterizedTest
  @ValueSource(strings = {"exec ping", "exec count --stream", "profile"})
  void aDeadPortIsTold(String command) throws IOException {
    int port;
    try (ServerSocket closed = listen()) {
      port = closed.getLocalPort();
    }

    assertFails(command, port, "no server answers", "./snakepit serve");
  }

  /** The kernel takes the connection, and nobody answers. Fails without {@code requireLife}. */
  @ParameterizedTest
  @ValueSource(strings = {"exec ping", "exec count --stream", "profile"})
  void aPortThatHangsIsGivenUp(String command) throws IOException {
    try (ServerSocket silent = listen()) {
      assertFails(command, silent.getLocalPort(), "does not answer");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"exec ping", "exec count --stream", "profile"})
  void aPortOfAnotherProtocolIsTold(String command) throws Exception {
    Thread greeter;
    try (ServerSocket other = listen()) {
      greeter = new Thread(() -> greet(other));
      greeter.start();

      assertFails(command, other.getLocalPort(), "no Snakepit server");
    }
    greeter.join(BOUND.toMillis());
  }

  /** Fails if what a page, or another service, answers is printed as a tool's result. */
  @ParameterizedTest
  @ValueSource(strings = {"exec ping", "exec count --stream"})
  void anotherServerThatAnswersEverythingIsTold(String command) throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      HttpServer other =
          vertx
              .createHttpServer()
              .requestHandler(
                  request ->
                      request
                          .response()
                          .putHeader("Content-Type", "application/json")
                          .end("{\"$end\":\"welcome\"}\n"))
              .listen(0, "127.0.0.1")
              .toCompletionStage()
              .toCompletableFuture()
              .get(BOUND.toSeconds(), TimeUnit.SECONDS);

      CommandRun run = assertFails(command, other.actualPort(), "no Snakepit server");

      assertThat(run.outText()).isEmpty();
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }
  }

  private static void greet(ServerSocket server) {
    try {
      while (true) {
        try (Socket caller = server.accept()) {
          caller.getOutputStream().write("SSH-2.0-other\r\n".getBytes(StandardCharsets.US_ASCII));
        }
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }
}
