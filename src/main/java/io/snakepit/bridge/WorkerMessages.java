package io.snakepit.bridge;

import io.snakepit.api.Chunk;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.HostJson;
import io.snakepit.api.PythonError;
import io.snakepit.api.SnakepitException;
import io.snakepit.bridge.v1.Failure;
import io.snakepit.bridge.v1.Pong;
import io.snakepit.bridge.v1.Result;
import io.snakepit.bridge.v1.WorkerMessage;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;

/** The protocol's messages from a worker, put into our words; for every transport. Pure. */
final class WorkerMessages {
  private WorkerMessages() {}

  /**
   * Tells a listener what a message says.
   *
   * @throws ProtocolException if the message makes no sense by itself, or the listener refuses it
   */
  static void tell(LinkListener listener, WorkerMessage message, Buffer body)
      throws ProtocolException {
    switch (message.getKindCase()) {
      case RESULT -> tell(listener, message.getResult(), body);
      case FAILURE -> tell(listener, message.getFailure());
      case CHUNK -> tell(listener, message.getChunk(), body);
      case BLOCKED -> listener.blocked(message.getBlocked().getId());
      case CREDIT -> listener.took(message.getCredit().getId(), message.getCredit().getBytes());
      case HOST_CALL ->
          listener.calledHost(message.getHostCall().getId(), message.getHostCall().getTool(), body);
      case PONG -> tell(listener, message.getPong());
      case CAME_ROUND -> listener.cameRound();
      case STANDSTILL -> listener.standsStill(standstill(message.getStandstill()));
      case READY -> listener.ready(body);
      case START_FAILURE -> listener.startFailed(error(message.getStartFailure().getPython()));
      case HELLO, KIND_NOT_SET ->
          throw new ProtocolException("a worker does not send " + message.getKindCase());
    }
  }

  /** Asks a listener what is to become of a large body that is about to come. */
  static Intake announce(LinkListener listener, WorkerMessage message, int bodyBytes, boolean here)
      throws ProtocolException {
    return switch (message.getKindCase()) {
      case RESULT -> listener.announced(message.getResult().getId(), bodyBytes, here);
      case CHUNK -> listener.announced(message.getChunk().getId(), bodyBytes, here);
      case HOST_CALL -> listener.announced(LinkListener.HOST_CALL, bodyBytes, here);
      default -> Intake.READ;
    };
  }

  private static void tell(LinkListener listener, Result result, Buffer body)
      throws ProtocolException {
    listener.succeeded(result.getId(), result.getContentType(), body, result.getResidentBytes());
  }

  private static void tell(LinkListener listener, Failure failure) throws ProtocolException {
    listener.failed(failure.getId(), exception(failure), failure.getResidentBytes());
  }

  private static void tell(LinkListener listener, io.snakepit.bridge.v1.Chunk chunk, Buffer body)
      throws ProtocolException {
    listener.yielded(
        chunk.getId(), new Chunk(chunk.getContentType(), body, chunk.getHasReservedKey()));
  }

  private static void tell(LinkListener listener, Pong pong) throws ProtocolException {
    listener.answeredPing(pong.getSequence(), pong.getResidentBytes());
  }

  private static Standstill standstill(io.snakepit.bridge.v1.Standstill told) {
    return new Standstill(told.getStandingMs(), told.getTool(), told.getCall(), told.getStack());
  }

  private static SnakepitException exception(Failure failure) throws ProtocolException {
    ErrorCode code = ErrorCode.named(failure.getCode());
    SnakepitException exception =
        new SnakepitException(code == null ? ErrorCode.INTERNAL : code, failure.getMessage());
    if (failure.hasPython()) {
      exception = exception.withPython(error(failure.getPython()));
    }
    return failure.getDetailsJson().isEmpty() ? exception : exception.withDetails(details(failure));
  }

  private static PythonError error(io.snakepit.bridge.v1.PythonError python) {
    return new PythonError(python.getType(), python.getMessage(), python.getTraceback());
  }

  private static JsonObject details(Failure failure) throws ProtocolException {
    try {
      return HostJson.readObject(Buffer.buffer(failure.getDetailsJson()));
    } catch (DecodeException e) {
      throw new ProtocolException("Failure with details that are no JSON: " + e.getMessage());
    }
  }
}
