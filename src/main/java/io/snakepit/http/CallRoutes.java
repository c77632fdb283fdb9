package io.snakepit.http;

import io.snakepit.api.Call;
import io.snakepit.api.CallExecutor;
import io.vertx.core.http.HttpMethod;
import java.util.List;

/**
 * Routes for the two ways to call a tool: with its arguments as the body, which passes untouched
 * both ways, or with an envelope around them.
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

  /** Returns the routes, for the table that knows every path. */
  List<Route> routes() {
    return List.of(
        Route.of(HttpMethod.POST, EXECUTE, (exchange, none) -> execute(exchange)),
        Route.of(
            HttpMethod.POST,
            TOOL,
            (exchange, names) -> callTool(exchange, names.get(0), names.get(1))));
  }

  /** Calls a tool with the body as its arguments. */
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

  /** Calls a tool that gets the body as it comes. */
  private void upload(Exchange exchange, String type, String pool, String tool) {
    Call call = CallHeaders.applyTo(Call.of(tool).pool(pool), exchange);
    UploadBody body = UploadBody.open(exchange, maxUploadBytes);
    if (body != null) {
      runTool(exchange, call.upload(body, type));
    }
  }

  /** Calls what an envelope says, which outdoes the headers. */
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
            CallAnswer.begin(exchange, executor, complete, CallAnswer.Shape.ENVELOPE);
          } else {
            StreamAnswer.begin(exchange, executor, complete, format);
          }
        });
  }

  private void runTool(Exchange exchange, Call call) {
    StreamFormat format = StreamFormat.of(exchange);
    if (format == null) {
      CallAnswer.begin(exchange, executor, call, CallAnswer.Shape.PLAIN);
    } else {
      StreamAnswer.begin(exchange, executor, call, format);
    }
  }
}
