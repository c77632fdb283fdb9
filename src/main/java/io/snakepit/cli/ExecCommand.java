package io.snakepit.cli;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.HostJson;
import io.snakepit.api.SnakepitException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * The command {@code exec}: one call. The tool's result is printed byte for byte as Python wrote
 * it.
 */
@Command(
    name = "exec",
    header = "Calls a tool of a running server and prints its result.",
    footer = {
      "",
      "Examples:",
      "  ./snakepit exec ping",
      "  ./snakepit exec add '{\"a\": 1, \"b\": 2}'",
      "  echo '{\"a\": 1}' | ./snakepit exec add - --timeout 5s",
      "  ./snakepit exec count '{\"n\": 3}' --stream",
      "",
      "An error is printed on stderr, with Python's traceback if there is one; exit code 1."
    })
final class ExecCommand implements Callable<Integer> {
  private static final int OK = 200;
  private static final String CALL_ID = "Snakepit-Call-Id";

  private final Terminal terminal;

  @Parameters(index = "0", paramLabel = "TOOL", description = "The tool's name.")
  String tool = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "JSON|-",
      description = "Its arguments, a JSON object; - reads them from stdin. None: no arguments.")
  String json = "";

  @Mixin final PoolChoice pool = new PoolChoice();

  @Option(
      names = "--session",
      paramLabel = "KEY",
      description = "The session that the call belongs to.")
  String session = "";

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "The call's deadline, such as 500ms or 30s; else the server's.")
  @Nullable Duration timeout;

  @Option(
      names = "--stream",
      description =
          "Prints what the tool yields as it comes, a line of JSON each. Ctrl-C cancels the call.")
  boolean stream;

  @Mixin final ServerOptions options = new ServerOptions();

  ExecCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    RemoteServer server = options.server(terminal);
    byte[] arguments = arguments();
    return stream ? stream(server, arguments) : execute(server, arguments);
  }

  private int execute(RemoteServer server, byte[] arguments) throws IOException {
    HttpResponse<byte[]> answer = call(server, pool.first(), arguments);
    if (pool.isOpen() && Problem.isPoolNotFound(answer)) {
      answer = call(server, PoolChoice.only(server), arguments);
    }
    if (answer.statusCode() != OK) {
      Problem.print(Problem.of(answer), terminal.err());
      return ExitCode.SOFTWARE;
    }
    requireOurs(server, answer);
    printResult(answer);
    return ExitCode.OK;
  }

  private int stream(RemoteServer server, byte[] arguments) throws IOException {
    HttpResponse<InputStream> answer = open(server, pool.first(), arguments);
    SnakepitException refusal = refusal(answer);
    if (refusal != null && pool.isOpen() && refusal.code() == ErrorCode.POOL_NOT_FOUND) {
      answer = open(server, PoolChoice.only(server), arguments);
      refusal = refusal(answer);
    }
    if (refusal != null) {
      Problem.print(refusal, terminal.err());
      return ExitCode.SOFTWARE;
    }
    try (InputStream body = answer.body()) {
      requireOurs(server, answer);
      return new StreamPrinter(terminal).print(body) ? ExitCode.OK : ExitCode.SOFTWARE;
    }
  }

  /** Fails if another program has answered, whose text is no result: ours bears the call's id. */
  private static void requireOurs(RemoteServer server, HttpResponse<?> answer) {
    if (answer.headers().firstValue(CALL_ID).isEmpty()) {
      throw CommandFailure.failed(
          "what answers at %s is no Snakepit server: its answer has no header %s.\nName another with --url or SNAKEPIT_URL; a proxy between must let that header pass."
              .formatted(server.address(), CALL_ID));
    }
  }

  private static @Nullable SnakepitException refusal(HttpResponse<InputStream> answer)
      throws IOException {
    if (answer.statusCode() == OK) {
      return null;
    }
    try (InputStream body = answer.body()) {
      return Problem.of(answer, body.readAllBytes());
    }
  }

  private byte[] arguments() throws IOException {
    byte[] arguments =
        json.equals("-") ? terminal.in().readAllBytes() : json.getBytes(StandardCharsets.UTF_8);
    if (arguments.length > 0) {
      checkJson(arguments);
    }
    return arguments;
  }

  /** Refuses what no server would take, before anything is sent. */
  private static void checkJson(byte[] arguments) {
    try {
      HostJson.check(Buffer.buffer(arguments));
    } catch (DecodeException e) {
      throw CommandFailure.usage(
          "the arguments must be JSON, such as '{\"a\": 1}': " + e.getMessage());
    }
  }

  private HttpResponse<byte[]> call(RemoteServer server, String toPool, byte[] arguments) {
    return server.post(path(toPool), arguments, headers());
  }

  private HttpResponse<InputStream> open(RemoteServer server, String toPool, byte[] arguments) {
    Map<String, String> headers = headers();
    headers.put("Accept", "application/x-ndjson");
    return server.postForStream(path(toPool), arguments, headers);
  }

  private String path(String toPool) {
    return "/v1/pools/" + encoded(toPool) + "/tools/" + encoded(tool);
  }

  private Map<String, String> headers() {
    Map<String, String> headers = new HashMap<>();
    if (!session.isEmpty()) {
      headers.put("Snakepit-Session", checked(session));
    }
    if (timeout != null) {
      headers.put("Snakepit-Timeout-Ms", String.valueOf(timeout.toMillis()));
    }
    return headers;
  }

  /** Refuses a session's key that a header can't hold. */
  private static String checked(String session) {
    try {
      return Call.of("any").session(session).session();
    } catch (SnakepitException invalid) {
      throw CommandFailure.usage("--" + invalid.detail());
    }
  }

  /**
   * Prints a result: JSON ends with a line break for the reader's sake, a tool's own bytes stay as
   * they are.
   */
  private void printResult(HttpResponse<byte[]> answer) throws IOException {
    terminal.out().write(answer.body());
    if (answer.headers().firstValue("Content-Type").orElse("").startsWith(Call.JSON)) {
      terminal.out().println();
    }
    terminal.out().flush();
  }

  static String encoded(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
