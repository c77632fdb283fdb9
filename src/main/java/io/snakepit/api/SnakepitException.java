package io.snakepit.api;

import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.JsonObject;
import java.io.Serializable;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/**
 * Thrown, or told by a future, when a call fails. Immutable; the {@code with…} methods answer
 * copies. On the event bus it travels whole, so a caller in another verticle sees the same code,
 * message and Python details.
 *
 * <p>It has no Java stack trace: what matters of the callee's is in {@link #python()}.
 */
public final class SnakepitException extends ReplyException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;
  private final transient Context context;

  /** The place where an error happened: each part is null where it does not apply. */
  private record Context(
      Instant at,
      @Nullable String call,
      @Nullable String pool,
      @Nullable String worker,
      @Nullable String session,
      @Nullable PythonError python,
      @Nullable JsonObject details,
      long retryAfterMs) {

    Context {
      details = details == null ? null : details.copy();
    }
  }

  /** A stand-in of an error for Java serialization: the same JSON that the bus carries. */
  private record Written(String json) implements Serializable {
    private Object readResolve() {
      return fromJson(new JsonObject(json));
    }
  }

  public SnakepitException(ErrorCode code, String message) {
    this(code, message, new Context(Instant.now(), null, null, null, null, null, null, 0));
  }

  private SnakepitException(ErrorCode code, String message, Context context) {
    super(ReplyFailure.RECIPIENT_FAILURE, code.status(), message);
    this.code = code;
    this.context = context;
  }

  public ErrorCode code() {
    return code;
  }

  /** Returns the message for people: never null, unlike a general throwable's. */
  public String detail() {
    String message = getMessage();
    return message == null ? code.title() : message;
  }

  /** Returns the time of the error. */
  public Instant at() {
    return context.at;
  }

  /** Returns the id of the call, or null where the fault is not one call's. */
  public @Nullable String call() {
    return context.call;
  }

  public @Nullable String pool() {
    return context.pool;
  }

  public @Nullable String worker() {
    return context.worker;
  }

  public @Nullable String session() {
    return context.session;
  }

  /** Returns the exception that Python raised, or null. */
  public @Nullable PythonError python() {
    return context.python;
  }

  /** Returns more about the fault, such as the name of the argument at fault; null without. */
  public @Nullable JsonObject details() {
    return context.details == null ? null : context.details.copy();
  }

  /**
   * Returns the milliseconds after which trying again has a chance, as the queue and its pace tell.
   * 0 where nobody can tell.
   */
  public long retryAfterMs() {
    return context.retryAfterMs;
  }

  public SnakepitException withPython(@Nullable PythonError python) {
    Context c = context;
    return copy(
        new Context(c.at, c.call, c.pool, c.worker, c.session, python, c.details, c.retryAfterMs));
  }

  public SnakepitException withDetails(@Nullable JsonObject details) {
    Context c = context;
    return copy(
        new Context(c.at, c.call, c.pool, c.worker, c.session, c.python, details, c.retryAfterMs));
  }

  /** Adds the milliseconds after which trying again has a chance; 0 means that nobody can tell. */
  public SnakepitException withRetryAfterMs(long milliseconds) {
    Context c = context;
    return copy(
        new Context(c.at, c.call, c.pool, c.worker, c.session, c.python, c.details, milliseconds));
  }

  /** Adds the worker that was running the call. */
  public SnakepitException onWorker(@Nullable String worker) {
    Context c = context;
    return copy(
        new Context(c.at, c.call, c.pool, worker, c.session, c.python, c.details, c.retryAfterMs));
  }

  /** Adds the call that failed, and where it was meant to run. */
  public SnakepitException forCall(
      @Nullable String call, @Nullable String pool, @Nullable String session) {
    Context c = context;
    return copy(
        new Context(c.at, call, pool, c.worker, session, c.python, c.details, c.retryAfterMs));
  }

  private SnakepitException copy(Context changed) {
    return new SnakepitException(code, detail(), changed);
  }

  /**
   * Returns the problem's members beyond {@code type} and {@code status}; absent parts are left
   * out.
   */
  public JsonObject toJson() {
    JsonObject json =
        new JsonObject()
            .put("title", code.title())
            .put("code", code.name())
            .put("detail", detail())
            .put("at", context.at.toString());
    putIfPresent(json, "call", context.call);
    putIfPresent(json, "pool", context.pool);
    putIfPresent(json, "worker", context.worker);
    putIfPresent(json, "session", context.session);
    putIfPresent(json, "retryAfterMs", context.retryAfterMs == 0 ? null : context.retryAfterMs);
    putIfPresent(json, "details", details());
    putIfPresent(json, "python", context.python == null ? null : context.python.toJson());
    return json;
  }

  private Object writeReplace() {
    return new Written(toJson().encode());
  }

  /**
   * Reads {@link #toJson()} back. An unknown code becomes {@link ErrorCode#INTERNAL}, and what does
   * not say when it happened has happened now: news of an error must not end in another.
   */
  public static SnakepitException fromJson(JsonObject json) {
    ErrorCode code = ErrorCode.named(json.getString("code", ""));
    JsonObject python = json.getJsonObject("python");
    return new SnakepitException(
        code == null ? ErrorCode.INTERNAL : code,
        json.getString("detail", ""),
        new Context(
            instant(json.getString("at")),
            json.getString("call"),
            json.getString("pool"),
            json.getString("worker"),
            json.getString("session"),
            python == null ? null : PythonError.fromJson(python),
            json.getJsonObject("details"),
            json.getLong("retryAfterMs", 0L)));
  }

  private static Instant instant(@Nullable String text) {
    try {
      return text == null ? Instant.now() : Instant.parse(text);
    } catch (DateTimeParseException e) {
      return Instant.now();
    }
  }

  private static void putIfPresent(JsonObject json, String key, @Nullable Object value) {
    if (value != null) {
      json.put(key, value);
    }
  }
}
