package io.snakepit.http;

import io.snakepit.api.Call;
import io.snakepit.api.Shown;
import io.snakepit.api.SnakepitException;
import io.snakepit.api.waiting.AnswerHold;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reader of the headers that say something about a call. */
final class CallHeaders {
  private static final long LONGEST = Call.LONGEST_TIMEOUT_MS;

  private CallHeaders() {}

  /**
   * Returns a call as its headers want it; it bears the exchange's id.
   *
   * @throws SnakepitException {@code INVALID_REQUEST}, naming the header and its value
   */
  static Call applyTo(Call call, Exchange exchange) {
    MultiMap headers = exchange.request().headers();
    Call changed = call;
    String session = headers.get(Headers.SESSION);
    if (session != null) {
      changed =
          check(Headers.SESSION, session, "1 to 256 of A-Z a-z 0-9 . _ : -", changed::session);
    }
    String timeout = headers.get(Headers.TIMEOUT_MS);
    if (timeout != null) {
      changed = withTimeout(changed, timeout);
    }
    String idempotent = headers.get(Headers.IDEMPOTENT);
    if (idempotent != null) {
      changed = changed.idempotent(flag(idempotent));
    }
    String id = headers.get(Headers.CALL_ID);
    return id == null
        ? changed.id(exchange.callId(), exchange.hold())
        : withId(changed, id, exchange.hold());
  }

  private static Call withTimeout(Call call, String value) {
    return check(
        Headers.TIMEOUT_MS,
        value,
        "a whole number of at least 1",
        digits -> call.timeoutMs(wholeNumber(digits)));
  }

  private static Call withId(Call call, String value, AnswerHold hold) {
    return check(
        Headers.CALL_ID,
        value,
        "1 to 256 printable ASCII characters without spaces",
        id -> call.id(id, hold));
  }

  private static long wholeNumber(String digits) {
    // Long.parseLong takes signs and digits of other scripts too.
    for (int i = 0; i < digits.length(); i++) {
      if (digits.charAt(i) < '0' || digits.charAt(i) > '9') {
        return 0;
      }
    }
    return digits.isEmpty() ? 0 : digits.length() > 18 ? LONGEST : Long.parseLong(digits);
  }

  private static boolean flag(String value) {
    if (value.equalsIgnoreCase("true")) {
      return true;
    }
    if (value.equalsIgnoreCase("false")) {
      return false;
    }
    throw invalid(Headers.IDEMPOTENT, value, "true or false");
  }

  private static Call check(
      CharSequence name, String value, String rule, Function<String, Call> apply) {
    try {
      return apply.apply(value);
    } catch (SnakepitException e) {
      throw invalid(name, value, rule);
    }
  }

  private static SnakepitException invalid(CharSequence name, String value, String rule) {
    return Problem.invalid(
        "header %s must be %s: got \"%s\"".formatted(name, rule, Shown.of(value)));
  }

  /** Returns the id that the client has chosen, if it is fit to be one; else null. */
  static @Nullable String chosenId(HttpServerRequest request) {
    String id = request.headers().get(Headers.CALL_ID);
    try {
      return id == null ? null : Call.of("any").id(id).id();
    } catch (SnakepitException unfit) {
      return null;
    }
  }
}
