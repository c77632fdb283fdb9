package io.snakepit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.cli.StubServer.Answer;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExecCommandTest {
  private static final String POOL_NOT_FOUND =
      "{\"code\":\"POOL_NOT_FOUND\",\"detail\":\"no pool default\"}";

  private static CommandRun exec(StubServer server, String... arguments) {
    return execWith(Map.of(), "", server, arguments);
  }

  private static CommandRun execWith(
      Map<String, String> environment, String input, StubServer server, String... arguments) {
    String[] all = new String[arguments.length + 3];
    all[0] = "exec";
    all[1] = "--url";
    all[2] = server.url() + "/";
    System.arraycopy(arguments, 0, all, 3, arguments.length);
    return CommandRun.with(environment, input, Path.of("/nonexistent"), all);
  }

  @Test
  void printsTheResultAsPythonWroteIt() {
    try (StubServer server = new StubServer(Answer.json(200, "{\"a\" :1.10, \"ü\":null}"))) {
      CommandRun run = exec(server, "echo", "{\"x\": 1}");

      assertThat(run.exitCode()).isZero();
      assertThat(run.outText()).isEqualTo("{\"a\" :1.10, \"ü\":null}\n");
      assertThat(run.err()).isEmpty();
      assertThat(server.asked.get(0).what()).isEqualTo("POST /v1/pools/default/tools/echo");
      assertThat(server.asked.get(0).body()).isEqualTo("{\"x\": 1}");
      assertThat(server.asked.get(0).headers().get("Content-Type")).isEqualTo("application/json");
    }
  }

  @Test
  void printsBytesWithoutAddingAny() {
    byte[] bytes = {0, 10, -1, 13};
    Answer answer = new Answer(200, "application/octet-stream", Buffer.buffer(bytes));
    try (StubServer server = new StubServer(answer)) {
      assertThat(exec(server, "bytes_echo").out().getBytes()).isEqualTo(bytes);
    }
  }

  @Test
  void readsArgumentsFromStandardInput() {
    try (StubServer server = new StubServer(Answer.json(200, "3"))) {
      execWith(Map.of(), "{\"a\": 1}", server, "add", "-");

      assertThat(server.asked.get(0).body()).isEqualTo("{\"a\": 1}");
    }
  }

  @Test
  void textThatIsNoJsonIsBadUsageBeforeAnythingIsSent() {
    String deep = "[".repeat(501) + "]".repeat(501);
    try (StubServer server = new StubServer(Answer.json(200, "3"))) {
      for (String text : List.of("hello", "{\"a\": 1", "{'a': 1}", " ", deep, "1 2")) {
        assertThat(exec(server, "add", text).exitCode()).as(text).isEqualTo(2);
        assertThat(exec(server, "add", "--stream", text).exitCode()).as(text).isEqualTo(2);
        CommandRun piped = execWith(Map.of(), text, server, "add", "-");
        assertThat(piped.exitCode()).as(text).isEqualTo(2);
        assertThat(piped.err()).contains("the arguments must be JSON").doesNotContain("jackson");
      }
      assertThat(server.asked).isEmpty();
    }
  }

  @Test
  void sendsPoolSessionTimeoutAndKey() {
    try (StubServer server = new StubServer(Answer.json(200, "3"))) {
      exec(server, "a/b", "--pool=ml", "--session=user-7", "--timeout=2s", "--key=secret");

      assertThat(server.asked.get(0).what()).isEqualTo("POST /v1/pools/ml/tools/a%2Fb");
      assertThat(server.asked.get(0).headers().get("Snakepit-Session")).isEqualTo("user-7");
      assertThat(server.asked.get(0).headers().get("Snakepit-Timeout-Ms")).isEqualTo("2000");
      assertThat(server.asked.get(0).headers().get("Authorization")).isEqualTo("Bearer secret");
    }
  }

  @Test
  void takesServerAndKeyFromTheEnvironment() {
    try (StubServer server = new StubServer(Answer.json(200, "3"))) {
      Map<String, String> environment =
          Map.of("SNAKEPIT_URL", server.url(), "SNAKEPIT_KEY", "secret\n");

      CommandRun run = CommandRun.with(environment, "", Path.of("/"), "exec", "ping");

      assertThat(run.exitCode()).isZero();
      assertThat(server.asked.get(0).headers().get("Authorization")).isEqualTo("Bearer secret");
    }
  }

  @Test
  void callsTheOnlyPoolOfAServerWithoutDefault() {
    try (StubServer server =
        new StubServer(
            Answer.problem(404, POOL_NOT_FOUND),
            Answer.json(200, "[{\"pool\":\"ml\"}]"),
            Answer.json(200, "\"pong\""))) {
      CommandRun run = exec(server, "ping");

      assertThat(run.outText()).isEqualTo("\"pong\"\n");
      assertThat(server.asked)
          .extracting(StubServer.Asked::what)
          .containsExactly(
              "POST /v1/pools/default/tools/ping", "GET /v1/pools", "POST /v1/pools/ml/tools/ping");
    }
  }

  @Test
  void namesThePoolsWhereOneMustBeChosen() {
    try (StubServer server =
        new StubServer(
            Answer.problem(404, POOL_NOT_FOUND),
            Answer.json(200, "[{\"pool\":\"ml\"},{\"pool\":\"etl\"}]"))) {
      CommandRun run = exec(server, "ping");

      assertThat(run.exitCode()).isEqualTo(2);
      assertThat(run.err()).contains("--pool", "ml, etl");
    }
  }

  @Test
  void saysWhyThePoolsCanNotBeAskedFor() {
    try (StubServer server =
        new StubServer(
            Answer.problem(404, POOL_NOT_FOUND),
            Answer.problem(403, "{\"code\":\"FORBIDDEN\",\"detail\":\"not with this key\"}"))) {
      CommandRun run = exec(server, "ping");

      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.err()).contains("--pool", "not with this key");
    }
  }

  @Test
  void aPoolThatWasNamedIsNotReplaced() {
    try (StubServer server = new StubServer(Answer.problem(404, POOL_NOT_FOUND))) {
      CommandRun run = exec(server, "ping", "--pool", "ml");

      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.err()).startsWith("POOL_NOT_FOUND: no pool default");
      assertThat(server.asked).hasSize(1);
    }
  }

  @Test
  void printsCodeReasonPlaceAndTraceback() {
    String problem =
        """
        {"status":500,"code":"PYTHON_EXCEPTION","detail":"ValueError: no","pool":"default",
         "worker":"default-1","call":"c1",
         "python":{"type":"ValueError","message":"no","traceback":"Traceback:\\n  line 1\\n"}}""";
    try (StubServer server = new StubServer(Answer.problem(500, problem))) {
      CommandRun run = exec(server, "fail");

      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.outText()).isEmpty();
      assertThat(run.err())
          .isEqualTo(
              """
              PYTHON_EXCEPTION: ValueError: no
                pool default worker default-1 call c1
              Traceback:
                line 1
              """);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"<html>404</html>", "[1]", "{\"x\":1}"})
  void suspectsAnotherServerBehindAForeignAnswer(String body) {
    try (StubServer server = new StubServer(new Answer(404, "text/html", Buffer.buffer(body)))) {
      CommandRun run = exec(server, "ping");

      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.err()).contains("404", server.url(), "is that a Snakepit server?");
    }
  }

  @Test
  void saysHowToStartAServerWhereNoneAnswers() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    CommandRun run = CommandRun.of("exec", "ping", "--url", "http://127.0.0.1:" + port);

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("127.0.0.1:" + port, "./snakepit serve", "SNAKEPIT_URL");
  }

  @Test
  void aBrokenConnectionIsNotTriedAgain() {
    try (StubServer server = new StubServer(Answer.json(0, ""))) {
      CommandRun run = exec(server, "ping");

      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.err()).contains("broke before the answer");
      assertThat(server.asked).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1:8080", "ftp://127.0.0.1", "http://", "http://a b"})
  void refusesWhatIsNoAddress(String url) {
    CommandRun run = CommandRun.of("exec", "ping", "--url", url);

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("http://127.0.0.1:8080", "got " + url);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "a\nb", "ü"})
  void refusesWhatNoSessionCanBeCalled(String session) {
    try (StubServer server = new StubServer()) {
      CommandRun run = exec(server, "ping", "--session", session);

      assertThat(run.exitCode()).isEqualTo(2);
      assertThat(run.err()).contains("--session must be");
    }
  }

  @Test
  void refusesATimeoutWithoutUnit() {
    CommandRun run = CommandRun.of("exec", "ping", "--timeout", "30");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("--timeout", "30s");
  }
}
