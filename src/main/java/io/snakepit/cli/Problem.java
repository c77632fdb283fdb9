package io.snakepit.cli;

import io.snakepit.api.ErrorCode;
import io.snakepit.api.PythonError;
import io.snakepit.api.SnakepitException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.PrintStream;
import java.net.http.HttpResponse;
import java.time.DateTimeException;
import org.jspecify.annotations.Nullable;

/** Conversion of a server's refusal into an error, and of an error into lines for people. */
final class Problem {
  private Problem() {}

  /**
   * Returns the error that an answer tells.
   *
   * @throws CommandFailure if it is none of ours: another program answers at that address
   */
  static SnakepitException of(HttpResponse<byte[]> answer) {
    return of(answer, answer.body());
  }

  /**
   * Returns the error of an answer whose body was read apart, as {@link #of(HttpResponse)} does.
   */
  static SnakepitException of(HttpResponse<?> answer, byte[] body) {
    try {
      JsonObject json = new JsonObject(Buffer.buffer(body));
      if (json.containsKey("code")) {
        return SnakepitException.fromJson(json);
      }
    } catch (DecodeException | ClassCastException | DateTimeException notOurs) {
      // Answered below.
    }
    throw CommandFailure.failed(
        "HTTP status %d from %s, without an error of Snakepit's: is that a Snakepit server?"
            .formatted(answer.statusCode(), answer.uri()));
  }

  /** Returns whether the call never ran because there is no pool of that name. */
  static boolean isPoolNotFound(HttpResponse<byte[]> answer) {
    return answer.statusCode() == ErrorCode.POOL_NOT_FOUND.status()
        && of(answer).code() == ErrorCode.POOL_NOT_FOUND;
  }

  /** Prints code and reason, then where it happened, then what Python raised. */
  static void print(SnakepitException error, PrintStream to) {
    to.println(error.code() + ": " + error.detail());
    String where =
        part("pool", error.pool())
            + part("worker", error.worker())
            + part("session", error.session())
            + part("call", error.call());
    if (!where.isEmpty()) {
      to.println(" " + where);
    }
    PythonError python = error.python();
    if (python != null && !python.traceback().isBlank()) {
      to.println(python.traceback().stripTrailing());
    }
  }

  private static String part(String name, @Nullable String value) {
    return value == null || value.isEmpty() ? "" : " " + name + " " + value;
  }
}
