package io.snakepit.worker;

import io.snakepit.api.ErrorCode;
import io.snakepit.api.Faults;
import io.snakepit.api.HostJson;
import io.snakepit.api.HostTools;
import io.snakepit.api.Shown;
import io.snakepit.api.SnakepitException;
import io.snakepit.bridge.ProtocolException;
import io.snakepit.bridge.WorkerLink;
import io.snakepit.vertx.Contexts;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.EncodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The calls of one worker's Python to the host: finds each tool, calls it, and sends the answer
 * back. For the pool's event loop.
 */
final class HostCalls {
  private static final Logger LOG = LoggerFactory.getLogger(HostCalls.class);

  /** The calls that may be under way: each holds memory of ours until it is answered. */
  static final int MAX_UNDER_WAY = 1_000;

  private static final String TOO_DEEP =
      "the arguments or the result are nested too deeply, or refer to themselves";

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
      JsonObject args = arguments.length() == 0 ? new JsonObject() : HostJson.readObject(arguments);
      return tools.call(tool, args).map(answer -> encode(tool, answer));
    } catch (Throwable thrown) {
      Faults.throwIfFatal(thrown);
      return Future.failedFuture(thrown);
    }
  }

  private static Buffer encode(String tool, @Nullable Object answer) {
    try {
      return Json.encodeToBuffer(answer);
    } catch (EncodeException | StackOverflowError e) {
      LOG.warn("the answer of the host's tool \"{}\" can't be written as JSON", tool, e);
      throw new SnakepitException(
          ErrorCode.INTERNAL,
          "the answer of the host's tool \"%s\" can't be written as JSON: its log tells why"
              .formatted(Shown.of(tool)));
    }
  }

  private static Future<Void> refuse(long id, Throwable failure, WorkerLink link) {
    ErrorCode code = failure instanceof SnakepitException e ? e.code() : ErrorCode.INTERNAL;
    boolean tooDeep = failure instanceof StackOverflowError;
    String why = tooDeep ? TOO_DEEP : String.valueOf(failure.getMessage());
    return link.refuse(id, code, why);
  }
}
