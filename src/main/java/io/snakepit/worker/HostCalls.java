package io.snakepit.worker;

import io.snakepit.api.ErrorCode;
import io.snakepit.api.HostTools;
import io.snakepit.api.SnakepitException;
import io.snakepit.bridge.ProtocolException;
import io.snakepit.bridge.WorkerLink;
import io.snakepit.vertx.Contexts;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;

/**
 * The calls of one worker's Python to the host: finds each tool, calls it, and sends the answer
 * back. For the pool's event loop.
 */
final class HostCalls {
  /** The calls that may be under way: each holds memory of ours until it is answered. */
  static final int MAX_UNDER_WAY = 1_000;

  private final Vertx vertx;
  private final HostTools tools;
  private int underWay;

  HostCalls(Vertx vertx, HostTools tools) {
    this.vertx = vertx;
    this.tools = tools;
  }

  /**
   * Runs a call. Its answer is written on the current event loop, whichever thread has it: a frame
   * is several writes, and those of another thread would get among the pool's.
   *
   * @throws ProtocolException if too many are under way
   */
  void run(long id, String tool, Buffer arguments, WorkerLink link) throws ProtocolException {
    if (underWay >= MAX_UNDER_WAY) {
      throw new ProtocolException(
          "HostCall came while %d others wait for their answers".formatted(underWay));
    }
    underWay++;
    Promise<Buffer> answer = Contexts.promise(vertx.getOrCreateContext());
    call(tool, arguments).onComplete(answer);
    answer
        .future()
        .transform(
            outcome ->
                outcome.succeeded()
                    ? link.answer(id, outcome.result())
                    : refuse(id, outcome.cause(), link))
        .onComplete(answered -> underWay--);
  }

  private Future<Buffer> call(String tool, Buffer arguments) {
    try {
      JsonObject args = arguments.length() == 0 ? new JsonObject() : new JsonObject(arguments);
      return tools.call(tool, args).map(Json::encodeToBuffer);
    } catch (DecodeException e) {
      return Future.failedFuture(e);
    }
  }

  private static Future<Void> refuse(long id, Throwable failure, WorkerLink link) {
    ErrorCode code = failure instanceof SnakepitException e ? e.code() : ErrorCode.INTERNAL;
    return link.refuse(id, code, String.valueOf(failure.getMessage()));
  }
}
