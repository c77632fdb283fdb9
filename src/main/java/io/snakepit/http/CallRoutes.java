package io.snakepit.http;

import io.snakepit.api.Call;
import io.snakepit.api.CallExecutor;
import io.snakepit.api.Result;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.Json;
import java.util.List;

/**
 * The two ways to call a tool: with its arguments as the body, which passes untouched both ways, or
 * with an envelope around them.
 */
final class CallRoutes {
  static final String EXECUTE = "/v1/execute";
  static final String TOOL = "/v1/pools/{pool}/tools/{tool}";

  private final CallExecutor executor;
  private final long maxBodyBytes;

  /**
   * @param maxBodyBytes the largest body that is read
   */
  CallRoutes(CallExecutor executor, long maxBodyBytes) {
    this.executor = executor;
    this.maxBodyBytes = maxBodyBytes;
  }

  /** Both ways, for the table that knows every path. */
  List<Route> routes() {
    return List.of(
        Route.of(HttpMethod.POST, EXECUTE, (exchange, none) -> execute(exchange)),
        Route.of(
            HttpMethod.POST,
            TOOL,
            (exchange, names) -> callTool(exchange, names.get(0), names.get(1))));
  }

  /** The body is the tool's arguments. */
  void callTool(Exchange exchange, String pool, String tool) {
    BodyReader.read(
        exchange,
        maxBodyBytes,
        body -> {
          Call call = Call.of(tool).pool(pool);
          if (body.length() > 0) {
            call = call.body(body, ContentTypes.read(exchange.header(Headers.CONTENT_TYPE)));
          }
          Call complete = CallHeaders.applyTo(call, exchange);
          exchange.run(executor, complete, CallRoutes::typeOf, Result::bytes);
        });
  }

  /** The body is an envelope; what it says of the call outdoes the headers. */
  void execute(Exchange exchange) {
    BodyReader.read(
        exchange,
        maxBodyBytes,
        body -> {
          Envelope envelope = Envelope.read(body);
          Call call = CallHeaders.applyTo(Call.of(envelope.tool()), exchange);
          exchange.run(
              executor, envelope.applyTo(call), result -> Headers.JSON, CallRoutes::splice);
        });
  }

  private static CharSequence typeOf(Result result) {
    return result.isJson() ? Headers.JSON : result.contentType();
  }

  /** {@code {"result","worker","durationMs"}}, with the result's bytes as Python wrote them. */
  static Buffer splice(Result result) {
    Buffer bytes = result.jsonBytes();
    String worker = Json.encode(result.worker());
    String duration = Millis.text(result.duration().toNanos());
    return Buffer.buffer(bytes.length() + worker.length() + duration.length() + 48)
        .appendString("{\"result\":")
        .appendBuffer(bytes)
        .appendString(",\"worker\":")
        .appendString(worker)
        .appendString(",\"durationMs\":")
        .appendString(duration)
        .appendString("}");
  }
}
