package io.snakepit.http;

import io.snakepit.api.Call;
import io.snakepit.api.CallExecutor;
import io.snakepit.api.Result;
import io.snakepit.vertx.JoinedBuffer;
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
  private final long maxUploadBytes;

  /**
   * @param maxBodyBytes the largest body that is read as a whole
   * @param maxUploadBytes the largest that passes as it comes; 0: no limit
   */
  CallRoutes(CallExecutor executor, long maxBodyBytes, long maxUploadBytes) {
    this.executor = executor;
    this.maxBodyBytes = maxBodyBytes;
    this.maxUploadBytes = maxUploadBytes;
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
    String type = exchange.header(Headers.CONTENT_TYPE);
    if (type != null && !type.equals(Call.JSON) && isUpload(exchange, type, pool, tool)) {
      upload(exchange, type, pool, tool);
      return;
    }
    BodyReader.read(
        exchange,
        maxBodyBytes,
        body -> {
          Call call = Call.of(tool).pool(pool);
          if (body.length() > 0) {
            call = call.body(body, ContentTypes.read(type));
          }
          runTool(exchange, CallHeaders.applyTo(call, exchange));
        });
  }

  private boolean isUpload(Exchange exchange, String type, String pool, String tool) {
    return BodyReader.hasBody(exchange.request())
        && executor.takesUpload(pool, tool)
        && !ContentTypes.read(type).equals(ContentTypes.IS_JSON);
  }

  /** The body goes to the tool as it comes. */
  private void upload(Exchange exchange, String type, String pool, String tool) {
    Call call = CallHeaders.applyTo(Call.of(tool).pool(pool), exchange);
    UploadBody body = UploadBody.open(exchange, maxUploadBytes);
    if (body != null) {
      runTool(exchange, call.upload(body, type));
    }
  }

  /** The body is an envelope; what it says of the call outdoes the headers. */
  void execute(Exchange exchange) {
    BodyReader.read(
        exchange,
        maxBodyBytes,
        body -> {
          Envelope envelope = Envelope.read(body);
          Call call = CallHeaders.applyTo(Call.of(envelope.tool()), exchange);
          Call complete = envelope.applyTo(call);
          StreamFormat format = StreamFormat.of(exchange);
          if (format == null) {
            exchange.run(executor, complete, result -> Headers.JSON, CallRoutes::splice);
          } else {
            exchange.stream(executor, complete, format);
          }
        });
  }

  private void runTool(Exchange exchange, Call call) {
    StreamFormat format = StreamFormat.of(exchange);
    if (format == null) {
      exchange.run(executor, call, CallRoutes::typeOf, Result::bytes);
    } else {
      exchange.stream(executor, call, format);
    }
  }

  private static CharSequence typeOf(Result result) {
    return result.isJson() ? Headers.JSON : result.contentType();
  }

  /** {@code {"result","worker","durationMs"}}, with the result's bytes as Python wrote them. */
  static Buffer splice(Result result) {
    Buffer bytes = result.jsonBytes();
    String worker = Json.encode(result.worker());
    String duration = Millis.text(result.duration().toNanos());
    Buffer before =
        Buffer.buffer(bytes.length() > BodyPieces.OWN_BYTES ? 16 : bytes.length() + 128);
    before.appendString("{\"result\":");
    if (bytes.length() > BodyPieces.OWN_BYTES) {
      return JoinedBuffer.of(List.of(before, bytes, appendRest(Buffer.buffer(), worker, duration)));
    }
    return appendRest(before.appendBuffer(bytes), worker, duration);
  }

  private static Buffer appendRest(Buffer to, String worker, String duration) {
    return to.appendString(",\"worker\":")
        .appendString(worker)
        .appendString(",\"durationMs\":")
        .appendString(duration)
        .appendString("}");
  }
}
