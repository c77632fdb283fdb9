package io.snakepit.api;

import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Codes of all ways in which a call can fail: one closed list for the event bus, HTTP, gRPC, Python
 * and metrics alike. Each code names its HTTP status, which is the bus's {@code failureCode} too.
 */
public enum ErrorCode {
  /** The caller's message is at fault; its text names the part. */
  INVALID_REQUEST(400, "Invalid request", false),
  UNAUTHENTICATED(401, "Unauthenticated", false),
  /** The caller's key is limited to other pools, or a web page of another site is calling. */
  FORBIDDEN(403, "Forbidden", false),
  POOL_NOT_FOUND(404, "Pool not found", false),
  TOOL_NOT_FOUND(404, "Tool not found", false),
  SESSION_NOT_FOUND(404, "Session not found", false),
  WORKER_NOT_FOUND(404, "Worker not found", false),
  KEY_NOT_FOUND(404, "Key not found", false),
  NOT_FOUND(404, "Not found", false),
  METHOD_NOT_ALLOWED(405, "Method not allowed", false),
  /** The worker that held the session's state has ended. */
  SESSION_WORKER_UNAVAILABLE(409, "Session's worker is gone", true),
  /** A conditional write came too late: somebody else's was first. */
  CONFLICT(412, "Conflict", true),
  PAYLOAD_TOO_LARGE(413, "Payload too large", false),
  /** The body is of a type, or in an encoding, that is not taken there. */
  UNSUPPORTED_MEDIA_TYPE(415, "Unsupported media type", false),
  /** Every worker is busy and the queue is full. */
  POOL_SATURATED(429, "Pool saturated", true),
  WORKER_BUSY(429, "Worker busy", true),
  SESSION_LIMIT(429, "Session limit", true),
  CANCELLED(499, "Cancelled", false),
  /** The tool raised; {@link SnakepitException#python()} tells what. */
  PYTHON_EXCEPTION(500, "Python exception", false),
  /** The tool's result can't be expressed in JSON. */
  SERIALIZATION_ERROR(500, "Serialization error", false),
  /** The fault is the host's own. */
  INTERNAL(500, "Internal error", false),
  /** The worker ended while it ran the call, which may have had effects: not tried again. */
  WORKER_CRASHED(502, "Worker crashed", false),
  /** No worker became free in time; the call never ran. */
  QUEUE_TIMEOUT(503, "Queue timeout", true),
  /** The pool can't take calls now; the call never ran. */
  POOL_UNAVAILABLE(503, "Pool unavailable", true),
  /** The host is stopping; the call never ran. */
  SHUTTING_DOWN(503, "Shutting down", true),
  CLUSTER_MINORITY(503, "Cluster minority", true),
  /** The deadline passed while the call ran. */
  EXECUTE_TIMEOUT(504, "Execute timeout", false);

  private static final Map<String, ErrorCode> BY_NAME =
      Stream.of(values()).collect(Collectors.toUnmodifiableMap(Enum::name, Function.identity()));

  private final int status;
  private final String title;
  private final boolean retrySafe;

  ErrorCode(int status, String title, boolean retrySafe) {
    this.status = status;
    this.title = title;
    this.retrySafe = retrySafe;
  }

  /** Returns the HTTP status, which is the {@code failureCode} on the event bus as well. */
  public int status() {
    return status;
  }

  /** Returns the type of every problem of this code: stable, so that programs can compare it. */
  public String type() {
    return "urn:snakepit:error:" + name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Returns a few words for people; the same for every error of this code. */
  public String title() {
    return title;
  }

  /** Returns whether a call refused with this code never ran, so that sending it again is safe. */
  public boolean retrySafe() {
    return retrySafe;
  }

  /** Returns whether an HTTP answer with this code bears {@code Retry-After}. */
  public boolean retryAfter() {
    return status == 429 || status == 503;
  }

  /** Returns the code of a name, or null. */
  public static @Nullable ErrorCode named(String name) {
    return BY_NAME.get(name);
  }
}
