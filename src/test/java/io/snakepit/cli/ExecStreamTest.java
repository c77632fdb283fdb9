package io.snakepit.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.cli.StubServer.Answer;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ExecStreamTest {
  private static final String END = "{\"$end\":{\"worker\":\"default-1\",\"chunks\":2}}\n";

  private static CommandRun exec(StubServer server, String... arguments) {
    String[] all = new String[arguments.length + 4];
    all[0] = "exec";
    all[1] = "--stream";
    all[2] = "--url";
    all[3] = server.url();
    System.arraycopy(arguments, 0, all, 4, arguments.length);
    return CommandRun.of(all);
  }

  @Test
  void printsEachChunkAsALineAndNoEnd() {
    String lines = "{\"i\": 1}\n{\"$chunk\":{\"$end\":1}}\n{\"$bytes\":\"AA==\"}\n\"☃\"\n" + END;
    try (StubServer server = new StubServer(Answer.stream(lines))) {
      CommandRun run = exec(server, "count", "{\"n\": 3}", "--timeout", "2s", "--session", "s");

      assertThat(run.err()).isEmpty();
      assertThat(run.exitCode()).isZero();
      assertThat(run.outText())
          .isEqualTo("{\"i\": 1}\n{\"$end\":1}\n{\"$bytes\":\"AA==\"}\n\"☃\"\n");
      StubServer.Asked asked = server.asked.get(0);
      assertThat(asked.what()).isEqualTo("POST /v1/pools/default/tools/count");
      assertThat(asked.headers().get("Accept")).isEqualTo("application/x-ndjson");
      assertThat(asked.headers().get("Snakepit-Timeout-Ms")).isEqualTo("2000");
      assertThat(asked.headers().get("Snakepit-Session")).isEqualTo("s");
      assertThat(asked.body()).isEqualTo("{\"n\": 3}");
    }
  }

  @Test
  void printsALaterErrorAfterItsChunks() {
    String lines =
        "1\n{\"$error\":{\"status\":502,\"code\":\"WORKER_CRASHED\",\"detail\":\"gone\","
            + "\"pool\":\"default\",\"call\":\"c1\"}}\n";
    try (StubServer server = new StubServer(Answer.stream(lines))) {
      CommandRun run = exec(server, "count");

      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.outText()).isEqualTo("1\n");
      assertThat(run.err()).isEqualTo("WORKER_CRASHED: gone\n  pool default call c1\n");
    }
  }

  @Test
  void printsARefusal() {
    Answer refusal = Answer.problem(429, "{\"code\":\"POOL_SATURATED\",\"detail\":\"full\"}");
    try (StubServer server = new StubServer(refusal)) {
      CommandRun run = exec(server, "count");

      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.outText()).isEmpty();
      assertThat(run.err()).isEqualTo("POOL_SATURATED: full\n");
    }
  }

  @Test
  void fallsBackToTheOnlyPool() {
    try (StubServer server =
        new StubServer(
            Answer.problem(404, "{\"code\":\"POOL_NOT_FOUND\",\"detail\":\"no pool default\"}"),
            Answer.json(200, "[{\"pool\":\"ml\"}]"),
            Answer.stream("1\n" + END))) {
      CommandRun run = exec(server, "count");

      assertThat(run.exitCode()).isZero();
      assertThat(run.outText()).isEqualTo("1\n");
      assertThat(server.asked.get(2).what()).isEqualTo("POST /v1/pools/ml/tools/count");
    }
  }

  @Test
  void tellsStreamThatBreaksBeforeItsEnd() {
    try (StubServer server = new StubServer(Answer.stream("1\n"))) {
      server.thenLast(response -> response.end("{\"$e"));
      CommandRun run = exec(server, "count");

      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.outText()).isEqualTo("1\n");
      assertThat(run.err()).contains("broke within the stream");
    }
    try (StubServer server = new StubServer(Answer.stream("1\n"))) {
      server.thenLast(response -> response.reset());
      CommandRun run = exec(server, "count");

      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.err()).contains("broke");
    }
  }

  @Test
  void printsAChunkBeforeTheNextHasCome() throws Exception {
    try (StubServer server = new StubServer(Answer.stream("1\n"));
        PipedInputStream printed = new PipedInputStream()) {
      CompletableFuture<HttpServerResponse> begun = new CompletableFuture<>();
      server.thenLast(begun::complete);
      CompletableFuture<Integer> exit;
      try (PrintStream out = new PrintStream(new PipedOutputStream(printed), false, UTF_8);
          PrintStream err = new PrintStream(OutputStream.nullOutputStream(), true, UTF_8)) {
        Terminal terminal = terminal(out, err);
        exit = CompletableFuture.supplyAsync(() -> run(terminal, server.url()));
        // Fails if chunks wait for the end of the stream.
        assertThat(printed.readNBytes(2)).isEqualTo("1\n".getBytes(UTF_8));
        begun.get(20, TimeUnit.SECONDS).end("2\n" + END);
        assertThat(exit.get(20, TimeUnit.SECONDS)).isZero();
      }
      assertThat(printed.readNBytes(2)).isEqualTo("2\n".getBytes(UTF_8));
    }
  }

  private static int run(Terminal terminal, String url) {
    ExecCommand command = new ExecCommand(terminal);
    command.tool = "count";
    command.stream = true;
    command.options.url = url;
    try {
      return command.call();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Terminal terminal(PrintStream out, PrintStream err) {
    return new Terminal(InputStream.nullInputStream(), out, err, Map.of(), Path.of("/nonexistent"));
  }
}
