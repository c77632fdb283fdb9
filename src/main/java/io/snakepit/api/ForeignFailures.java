package io.snakepit.api;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reader of failures that are not ours: those of the event bus, and of futures waited for. */
final class ForeignFailures {
  private static final Pattern UNHEARD = Pattern.compile("No handlers for address (snakepit\\..+)");
  private static final Pattern POOL_ADDRESS = Pattern.compile("snakepit\\.pool\\.(.*)\\.[a-z]+");

  private ForeignFailures() {}

  /** Returns the error that a failure stands for. */
  static SnakepitException read(Throwable failure) {
    if (failure instanceof SnakepitException known) {
      return known;
    }
    Throwable cause = failure.getCause();
    if (cause != null
        && (failure instanceof ExecutionException || failure instanceof CompletionException)) {
      return read(cause);
    }
    String message = String.valueOf(failure.getMessage());
    return failure instanceof ReplyException reply
        ? read(reply, message)
        : new SnakepitException(ErrorCode.INTERNAL, message);
  }

  private static SnakepitException read(ReplyException failure, String message) {
    return switch (failure.failureType()) {
      case RECIPIENT_FAILURE -> answered(message);
      case NO_HANDLERS -> unheard(message);
      case TIMEOUT ->
          new SnakepitException(
              ErrorCode.EXECUTE_TIMEOUT,
              "no answer came within the sendTimeout of the message: send it with at least the call's timeoutMs + 1000");
      case ERROR -> new SnakepitException(ErrorCode.INTERNAL, message);
    };
  }

  /**
   * Reads the problem that another member of the cluster has answered with. Whatever else it may
   * have sent, such as a program's of some other kind, is the message of an {@code INTERNAL}.
   */
  private static SnakepitException answered(String message) {
    if (message.startsWith("{")) {
      try {
        JsonObject json = HostJson.readObject(Buffer.buffer(message));
        if (json.getValue("code") instanceof String) {
          return SnakepitException.fromJson(json);
        }
      } catch (DecodeException | ClassCastException someOtherText) {
        // Said below.
      }
    }
    return new SnakepitException(ErrorCode.INTERNAL, message);
  }

  private static SnakepitException unheard(String message) {
    Matcher address = UNHEARD.matcher(message);
    if (!address.matches()) {
      return new SnakepitException(ErrorCode.INTERNAL, message);
    }
    Matcher pool = POOL_ADDRESS.matcher(address.group(1));
    return pool.matches()
        ? new SnakepitException(
            ErrorCode.POOL_NOT_FOUND,
            "there is no pool \"%s\" on any member of this cluster".formatted(pool.group(1)))
        : new SnakepitException(
            ErrorCode.POOL_UNAVAILABLE,
            "nobody listens at %s: no Snakepit runs on any member of this cluster"
                .formatted(address.group(1)));
  }
}
