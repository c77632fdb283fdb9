package io.snakepit.http;

import io.snakepit.api.Call;
import io.snakepit.api.CallExecutor;
import io.snakepit.api.waiting.ByteAccount;
import io.snakepit.api.waiting.ByteLease;
import io.snakepit.api.waiting.WaitingBody;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
    // Before the body is read: a name that can't be one is refused whatever comes.
    Call empty = Call.of(tool).pool(pool);
    if (type != null && !type.equals(Call.JSON) && isUpload(exchange, type, pool, tool)) {
      upload(exchange, type, empty);
      return;
    }
    BodyReader.read(exchange, maxBodyBytes, new ToolBody(exchange, empty, type));
  }

  /** Returns a call with its body; a large one is counted from now on until nobody needs it. */
  static Call withBody(Call call, @Nullable Buffer body, String type, @Nullable ByteLease lease) {
    Buffer bytes = body == null ? Buffer.buffer() : body;
    return lease == null ? call.body(bytes, type) : call.body(new WaitingBody(bytes, lease), type);
  }

  /** The body of a call of a tool: its arguments as they stand. */
  private final class ToolBody implements BodyReader.Taker {
    private final Exchange exchange;
    private final Call empty;
    private final @Nullable String type;

    ToolBody(Exchange exchange, Call empty, @Nullable String type) {
      this.exchange = exchange;
      this.empty = empty;
      this.type = type;
    }

    @Override
    public ByteAccount account() {
      return executor.bodies(empty.pool());
    }

    @Override
    public void whole(Buffer body, @Nullable ByteLease lease) {
      String given = body.length() == 0 ? ContentTypes.ofNothing(type) : ContentTypes.read(type);
      Call call = withBody(empty, body, given, lease);
      runTool(exchange, CallHeaders.applyTo(call, exchange));
    }

    @Override
    public void saturated(String why) {
      runTool(exchange, CallHeaders.applyTo(empty, exchange).overBudget(why));
    }
  }

  private boolean isUpload(Exchange exchange, String type, String pool, String tool) {
    return BodyReader.hasBody(exchange.request())
        && executor.takesUpload(pool, tool)
        && !ContentTypes.read(type).equals(ContentTypes.IS_JSON);
  }

  /** Calls a tool that gets the body as it comes. */
  private void upload(Exchange exchange, String type, Call empty) {
    Call call = CallHeaders.applyTo(empty, exchange);
    UploadBody body = UploadBody.open(exchange, maxUploadBytes);
    if (body != null) {
      runTool(exchange, call.upload(body, type));
    }
  }

  /** Calls what an envelope says, which outdoes the headers. */
  void execute(Exchange exchange) {
    if (!ContentTypes.isJson(exchange, false)) {
      return;
    }
    EnvelopeBody body =
        new EnvelopeBody(
            exchange, executor, call -> run(exchange, call, CallAnswer.Shape.ENVELOPE));
    BodyReader.read(exchange, maxBodyBytes, body);
  }

  private void runTool(Exchange exchange, Call call) {
    run(exchange, call, CallAnswer.Shape.PLAIN);
  }

  private void run(Exchange exchange, Call call, CallAnswer.Shape shape) {
    StreamFormat format = StreamFormat.of(exchange);
    if (format == null) {
      CallAnswer.begin(exchange, executor, call, shape);
    } else {
      StreamAnswer.begin(exchange, executor, call, format);
    }
  }
}
