package io.snakepit.api;

import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.JsonObject;
import java.io.Serializable;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Thrown, or told by a future, when a call fails. Immutable; the {@code with…} methods answer
 * copies. On the event bus a caller in the same JVM gets it as it is. One in another JVM gets a
 * plain {@link ReplyException} whose message is the problem as JSON text, since it need not have
 * this class; where it has, {@link #from} makes the same error of it.
 *
 * <p>It has no Java stack trace: what matters of the callee's is in {@link #python()}.
 */
public final class SnakepitException extends ReplyException {
  private static final long serialVersionUID = 1L;

  /** The time in milliseconds, always with three digits: two errors alike have texts alike long. */
  private static final DateTimeFormatter AT =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);

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
    this(code, message, new Context(now(), null, null, null, null, null, null, 0));
  }

  private SnakepitException(ErrorCode code, String message, Context context) {
    // What was sent may stand in it: half a surrogate pair could be written by no door.
    super(
        ReplyFailure.RECIPIENT_FAILURE,
        code.status(),
        message == null ? null : Texts.wellFormed(message));
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
            .put("at", AT.format(context.at));
    putIfPresent(json, "call", context.call);
    putIfPresent(json, "pool", context.pool);
    putIfPresent(json, "worker", context.worker);
    putIfPresent(json, "session", context.session);
    putIfPresent(json, "retryAfterMs", context.retryAfterMs == 0 ? null : context.retryAfterMs);
    putIfPresent(json, "details", details());
    putIfPresent(json, "python", context.python == null ? null : context.python.toJson());
    return json;
  }

  /** Returns the problem as HTTP answers it (RFC 9457): {@link #toJson()}, type and status. */
  public JsonObject toProblem() {
    return new JsonObject()
        .put("type", code.type())
        .put("title", code.title())
        .put("status", code.status())
        .mergeIn(toJson());
  }

  /**
   * Returns what a failure means, above all that of a message over the event bus: {@code
   * bus.request(…).recover(failure -> Future.failedFuture(SnakepitException.from(failure)))}.
   *
   * <ul>
   *   <li>An error of ours stays as it is; one that another member of the cluster has answered with
   *       is read back whole.
   *   <li>Nobody listens at an address of ours: {@link ErrorCode#POOL_NOT_FOUND} where it names a
   *       pool, else {@link ErrorCode#POOL_UNAVAILABLE}.
   *   <li>No answer came in time: {@link ErrorCode#EXECUTE_TIMEOUT}. Whether the call ran, nobody
   *       can tell.
   *   <li>Whatever else: {@link ErrorCode#INTERNAL}.
   * </ul>
   */
  public static SnakepitException from(Throwable failure) {
    return ForeignFailures.read(failure);
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

  private static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.MILLIS);
  }

  private static Instant instant(@Nullable String text) {
    try {
      return text == null ? now() : Instant.parse(text);
    } catch (DateTimeParseException e) {
      return now();
    }
  }

  private static void putIfPresent(JsonObject json, String key, @Nullable Object value) {
    if (value != null) {
      json.put(key, value);
    }
  }
}
