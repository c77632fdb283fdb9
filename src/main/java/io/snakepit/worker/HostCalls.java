package io.snakepit.worker;

import io.snakepit.api.HostTools;
import io.snakepit.api.SnakepitException;
import io.snakepit.bridge.WorkerLink;
import io.snakepit.bridge.v1.HostCall;
import io.snakepit.bridge.v1.HostResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;

/** Calls of running Python to the host: finds the tool, calls it, sends the answer back. */
record HostCalls(HostTools tools) {

  /**
   * On the link's event loop, where the answer is written too, whichever thread has it: a frame is
   * several writes, and those of another thread would get among the pool's.
   *
   * @param loop of the link
   * @return completes there, once the answer is written, or is of no use any more
   */
  Future<Void> run(HostCall call, Buffer arguments, WorkerLink link, ContextInternal loop) {
    Promise<Buffer> answer = loop.promise();
    call(call, arguments).onComplete(answer);
    return answer
        .future()
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
