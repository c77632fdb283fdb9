package io.snakepit.worker;

import io.snakepit.api.HostTools;
import io.snakepit.api.SnakepitException;
import io.snakepit.bridge.WorkerLink;
import io.snakepit.bridge.v1.HostCall;
import io.snakepit.bridge.v1.HostResult;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;

/** Calls of running Python to the host: finds the tool, calls it, sends the answer back. */
record HostCalls(HostTools tools) {

  /**
   * On the link's event loop.
   *
   * @return completes once the answer is written, or is of no use any more
   */
  Future<Void> run(HostCall call, Buffer arguments, WorkerLink link) {
    return call(call, arguments)
        .transform(
            outcome ->
                outcome.succeeded()
                    ? link.answer(
                        HostResult.newBuilder().setId(call.getId()).build(), outcome.result())
                    : link.answer(refusal(call, outcome.cause()), Buffer.buffer()));
  }

  private Future<Buffer> call(HostCall call, Buffer arguments) {
    try {
      JsonObject args = arguments.length() == 0 ? new JsonObject() : new JsonObject(arguments);
      return tools.call(call.getTool(), args).map(Json::encodeToBuffer);
    } catch (DecodeException e) {
      return Future.failedFuture(e);
    }
  }

  private static HostResult refusal(HostCall call, Throwable failure) {
    String code = failure instanceof SnakepitException e ? e.code().name() : "INTERNAL";
    return HostResult.newBuilder()
        .setId(call.getId())
        .setCode(code)
        .setMessage(String.valueOf(failure.getMessage()))
        .build();
  }
}
