package io.snakepit.api;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.core.streams.ReadStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A call of a Python tool. Immutable: each method answers a changed copy.
 *
 * <pre>{@code
 * Call.of("add").with("a", 1).with("b", 2).session("user-7").timeout(Duration.ofSeconds(5))
 * }</pre>
 *
 * <p>The arguments are either JSON, given by {@link #with} or {@link #args}, or a body of any type
 * that reaches Python as it stands, given by {@link #body}.
 */
public final class Call {
  /** The type of a body that holds a tool's arguments as a JSON object. */
  public static final String JSON = "application/json";

  private static final Pattern SESSION = Pattern.compile("[A-Za-z0-9._:-]{1,256}");
  private static final Pattern ID = Pattern.compile("[\\x21-\\x7e]{1,256}");
  private static final Buffer NO_BODY = Buffer.buffer();

  private final String tool;
  private final String pool;
  private final String session;
  private final String id;
  private final String contentType;
  private final Buffer body;
  private final @Nullable JsonObject args;
  private final @Nullable ReadStream<Buffer> upload;
  private final @Nullable Context uploadContext;
  private final long timeoutMs;
  private final boolean idempotent;

  private Call(Builder b) {
    this.tool = b.tool;
    this.pool = b.pool;
    this.session = b.session;
    this.id = b.id;
    this.contentType = b.contentType;
    this.body = b.body;
    this.args = b.args;
    this.upload = b.upload;
    this.uploadContext = b.uploadContext;
    this.timeoutMs = b.timeoutMs;
    this.idempotent = b.idempotent;
  }

  /**
   * Makes a call of a tool, without arguments.
   *
   * @throws SnakepitException {@link ErrorCode#INVALID_REQUEST} if the name is empty
   */
  public static Call of(String tool) {
    if (tool.isEmpty()) {
      throw invalid("tool must be the name of a tool: got an empty text");
    }
    return new Call(new Builder(tool));
  }

  /**
   * Adds a keyword argument: null, a number, text, a boolean, {@code Instant}, enum constant, bytes
   * (as URL-safe Base64), or a {@link JsonObject}, {@code JsonArray}, map or list of these.
   *
   * @throws SnakepitException {@link ErrorCode#INVALID_REQUEST} if JSON can't express the value
   */
  public Call with(String name, @Nullable Object value) {
    // What is there already is a copy of ours, so that a new map of the same values will do.
    JsonObject changed =
        new JsonObject(new LinkedHashMap<>(args == null ? Map.of() : args.getMap()));
    return taking(changed.put(name, Arguments.copyOf(name, value)));
  }

  /**
   * Replaces all keyword arguments; later changes of {@code arguments} don't matter.
   *
   * @throws SnakepitException {@link ErrorCode#INVALID_REQUEST} if JSON can't express a value
   */
  public Call args(JsonObject arguments) {
    return taking(Arguments.copyOf(arguments));
  }

  private Call taking(JsonObject ours) {
    Builder b = new Builder(this);
    b.args = ours;
    b.body = NO_BODY;
    b.upload = null;
    b.contentType = "";
    return new Call(b);
  }

  /** Gives a body that reaches Python untouched: a JSON object's bytes become keyword arguments. */
  public Call body(Buffer json) {
    return body(json, "");
  }

  /**
   * Gives a body of a type, which reaches Python untouched; nobody may write to it any more.
   * Anything but {@code application/json} reaches the tool as {@code bytes}.
   */
  public Call body(Buffer bytes, String type) {
    Builder b = new Builder(this);
    b.args = null;
    b.body = bytes;
    b.upload = null;
    b.contentType = type;
    return new Call(b);
  }

  /**
   * Gives a body of a type that is still to come, for a tool with a parameter annotated {@code
   * Iterator[bytes]}. It is read once the call runs, as fast as the tool takes it, and no further
   * than the pool's {@code stream.windowBytes}. Such a call is made once: not even an idempotent
   * one is tried again after its worker has died.
   *
   * @param bytes paused; belongs to the call from now on, which reads it on the context that this
   *     is called on
   */
  public Call upload(ReadStream<Buffer> bytes, String type) {
    Builder b = new Builder(this);
    b.args = null;
    b.body = NO_BODY;
    b.upload = bytes;
    b.uploadContext = Vertx.currentContext();
    b.contentType = type;
    return new Call(b);
  }

  /** Names the pool; without a name it is {@code default}, or else the only one. */
  public Call pool(String name) {
    Builder b = new Builder(this);
    b.pool = name;
    return new Call(b);
  }

  /**
   * Names the session.
   *
   * @param key 1 to 256 of {@code A-Z a-z 0-9 . _ : -}
   */
  public Call session(String key) {
    if (!SESSION.matcher(key).matches()) {
      throw invalid("session must be 1 to 256 of A-Z a-z 0-9 . _ : -: got \"" + key + "\"");
    }
    Builder b = new Builder(this);
    b.session = key;
    return new Call(b);
  }

  /**
   * Sets the longest duration from the call's acceptance to the last byte of the answer; at least 1
   * ms.
   */
  public Call timeout(Duration timeout) {
    return timeoutMs(timeout.toMillis());
  }

  /** Sets the timeout as {@link #timeout} does, in milliseconds. */
  public Call timeoutMs(long milliseconds) {
    if (milliseconds < 1) {
      throw invalid("timeoutMs must be at least 1: got " + milliseconds);
    }
    Builder b = new Builder(this);
    b.timeoutMs = milliseconds;
    return new Call(b);
  }

  /**
   * Says whether running the call twice does no harm, so that it may be tried again after a crash.
   */
  public Call idempotent(boolean yes) {
    Builder b = new Builder(this);
    b.idempotent = yes;
    return new Call(b);
  }

  /**
   * Gives the id that stands in logs and errors; one is made up if it is never given. Printable
   * ASCII, at most 256.
   */
  public Call id(String callId) {
    if (!ID.matcher(callId).matches()) {
      throw invalid("a call's id must be 1 to 256 printable ASCII characters without spaces");
    }
    Builder b = new Builder(this);
    b.id = callId;
    return new Call(b);
  }

  public String tool() {
    return tool;
  }

  /** Returns the pool's name; empty means the default pool. */
  public String pool() {
    return pool;
  }

  /** Returns the session's key; empty means none. */
  public String session() {
    return session;
  }

  /** Returns the call's id; empty until the call is accepted, if none was given. */
  public String id() {
    return id;
  }

  /** Returns the body's type; empty means {@link #JSON}. */
  public String contentType() {
    return contentType;
  }

  /**
   * Returns the arguments' bytes, written anew from {@link #args} if that gave them. Nobody may
   * write to it.
   */
  public Buffer body() {
    return args == null ? body : args.toBuffer();
  }

  /**
   * Returns the body that is still to come, by {@link #upload}; null where {@link #body} is all.
   */
  public @Nullable ReadStream<Buffer> upload() {
    return upload;
  }

  /** Returns the context where {@link #upload} is to be read; null means any thread. */
  public @Nullable Context uploadContext() {
    return uploadContext;
  }

  /** Returns the timeout in milliseconds; 0 means the pool's {@code executeTimeoutMs}. */
  public long timeoutMs() {
    return timeoutMs;
  }

  public boolean idempotent() {
    return idempotent;
  }

  @Override
  public String toString() {
    return "Call[" + tool + " " + (id.isEmpty() ? "new" : id) + "]";
  }

  private static SnakepitException invalid(String message) {
    return new SnakepitException(ErrorCode.INVALID_REQUEST, message);
  }

  /** Builder of a copy with other parts. */
  private static final class Builder {
    final String tool;
    String pool = "";
    String session = "";
    String id = "";
    String contentType = "";
    Buffer body = NO_BODY;
    @Nullable JsonObject args;
    @Nullable ReadStream<Buffer> upload;
    @Nullable Context uploadContext;
    long timeoutMs;
    boolean idempotent;

    Builder(String tool) {
      this.tool = tool;
    }

    Builder(Call call) {
      this.tool = call.tool;
      this.pool = call.pool;
      this.session = call.session;
      this.id = call.id;
      this.contentType = call.contentType;
      this.body = call.body;
      this.args = call.args;
      this.upload = call.upload;
      this.uploadContext = call.uploadContext;
      this.timeoutMs = call.timeoutMs;
      this.idempotent = call.idempotent;
    }
  }
}
