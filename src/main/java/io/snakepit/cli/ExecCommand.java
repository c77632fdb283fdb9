package io.snakepit.cli;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.SnakepitException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
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
  static final String DEFAULT_POOL = "default";
  private static final int OK = 200;

  private final Terminal terminal;

  @Parameters(index = "0", paramLabel = "TOOL", description = "The tool's name.")
  String tool = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "JSON|-",
      description = "Its arguments, a JSON object; - reads them from stdin. None: no arguments.")
  String json = "";

  @Option(
      names = "--pool",
      paramLabel = "POOL",
      description = "The pool; else default, else the only one.")
  String pool = "";

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
    HttpResponse<byte[]> answer = call(server, firstPool(), arguments);
    if (pool.isEmpty() && Problem.isPoolNotFound(answer)) {
      answer = call(server, onlyPool(server), arguments);
    }
    if (answer.statusCode() != OK) {
      Problem.print(Problem.of(answer), terminal.err());
      return ExitCode.SOFTWARE;
    }
    printResult(answer);
    return ExitCode.OK;
  }

  private int stream(RemoteServer server, byte[] arguments) throws IOException {
    HttpResponse<InputStream> answer = open(server, firstPool(), arguments);
    SnakepitException refusal = refusal(answer);
    if (refusal != null && pool.isEmpty() && refusal.code() == ErrorCode.POOL_NOT_FOUND) {
      answer = open(server, onlyPool(server), arguments);
      refusal = refusal(answer);
    }
    if (refusal != null) {
      Problem.print(refusal, terminal.err());
      return ExitCode.SOFTWARE;
    }
    try (InputStream body = answer.body()) {
      return new StreamPrinter(terminal).print(body) ? ExitCode.OK : ExitCode.SOFTWARE;
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

  private String firstPool() {
    return pool.isEmpty() ? DEFAULT_POOL : pool;
  }

  private byte[] arguments() throws IOException {
    return json.equals("-") ? terminal.in().readAllBytes() : json.getBytes(StandardCharsets.UTF_8);
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

  /**
   * Returns the only pool of a server without a pool {@code default}, whose refusal means that the
   * call never ran.
   */
  static String onlyPool(RemoteServer server) {
    HttpResponse<byte[]> answer = server.get("/v1/pools");
    if (answer.statusCode() != OK) {
      throw CommandFailure.failed("name the pool with --pool: " + Problem.of(answer).detail());
    }
    List<String> names =
        new JsonArray(Buffer.buffer(answer.body()))
            .stream().map(pool -> ((JsonObject) pool).getString("pool")).toList();
    if (names.size() != 1) {
      throw CommandFailure.usage("name the pool with --pool: " + String.join(", ", names));
    }
    return names.get(0);
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
