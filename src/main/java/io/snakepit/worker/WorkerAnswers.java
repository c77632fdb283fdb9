package io.snakepit.worker;

import io.snakepit.api.Chunk;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.PythonError;
import io.snakepit.api.SnakepitException;
import io.snakepit.bridge.ProtocolException;
import io.snakepit.bridge.v1.Failure;
import io.snakepit.bridge.v1.WorkerMessage;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;

/** Puts what a worker says of its calls into our words. */
final class WorkerAnswers {
  private WorkerAnswers() {}

  /**
   * Tells the listener of a message about a call.
   *
   * @throws ProtocolException if it makes no sense by itself
   */
  static void tell(WorkerListener listener, Worker worker, WorkerMessage message, Buffer body)
      throws ProtocolException {
    switch (message.getKindCase()) {
      case CHUNK -> {
        var chunk = message.getChunk();
        listener.yielded(
            worker,
            chunk.getId(),
            new Chunk(chunk.getContentType(), body, chunk.getHasReservedKey()));
      }
      case RESULT -> {
        var result = message.getResult();
        listener.succeeded(
            worker, result.getId(), result.getContentType(), body, result.getResidentBytes());
      }
      case FAILURE -> {
        Failure failure = message.getFailure();
        listener.failed(worker, failure.getId(), error(failure), failure.getResidentBytes());
      }
      case BLOCKED -> listener.blocked(worker, message.getBlocked().getId());
      case CREDIT ->
          listener.took(worker, message.getCredit().getId(), message.getCredit().getBytes());
      default -> throw new ProtocolException(message.getKindCase() + " is about no call");
    }
  }

  private static SnakepitException error(Failure failure) throws ProtocolException {
    ErrorCode code = ErrorCode.named(failure.getCode());
    SnakepitException error =
        new SnakepitException(code == null ? ErrorCode.INTERNAL : code, failure.getMessage());
    if (failure.hasPython()) {
      var python = failure.getPython();
      error =
          error.withPython(
              new PythonError(python.getType(), python.getMessage(), python.getTraceback()));
    }
    return failure.getDetailsJson().isEmpty() ? error : error.withDetails(details(failure));
  }

  private static JsonObject details(Failure failure) throws ProtocolException {
    try {
      return new JsonObject(failure.getDetailsJson());
    } catch (DecodeException e) {
      throw new ProtocolException("Failure with details that are no JSON: " + e.getMessage());
    }
  }
}
