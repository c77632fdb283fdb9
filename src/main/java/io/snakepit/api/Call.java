package io.snakepit.api;

import io.snakepit.api.waiting.AnswerHold;
import io.snakepit.api.waiting.WaitingBody;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.core.streams.ReadStream;
import java.time.Duration;
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

  /**
   * The longest timeout in milliseconds, a hundred years: one that is longer counts as this one, so
   * that no clock runs over.
   */
  public static final long LONGEST_TIMEOUT_MS = 100 * 365 * 86_400_000L;

  private final String tool;
  private final String pool;
  private final String session;
  private final String id;
  private final Payload payload;
  private final long timeoutMs;
  private final boolean idempotent;
  private final @Nullable AnswerHold answerHold;

  private Call(
      String tool,
      String pool,
      String session,
      String id,
      Payload payload,
      long timeoutMs,
      boolean idempotent,
      @Nullable AnswerHold answerHold) {
    this.tool = tool;
    this.pool = pool;
    this.session = session;
    this.id = id;
    this.payload = payload;
    this.timeoutMs = timeoutMs;
    this.idempotent = idempotent;
    this.answerHold = answerHold;
  }

  /**
   * Makes a call of a tool, without arguments.
   *
   * @param tool 1 to 128 of {@code A-Z a-z 0-9 _ . -}
   * @throws SnakepitException {@link ErrorCode#INVALID_REQUEST} if that can't be a tool's name
   */
  public static Call of(String tool) {
    return new Call(Names.tool(tool), "", "", "", Payload.NONE, 0, false, null);
  }

  /**
   * Adds a keyword argument: null, a number, text, a boolean, {@code Instant}, enum constant, bytes
   * (as URL-safe Base64), or a {@link JsonObject}, {@code JsonArray}, map or list of these.
   *
   * @throws SnakepitException {@link ErrorCode#INVALID_REQUEST} if JSON can't express the value
   */
  public Call with(String name, @Nullable Object value) {
    return bringing(
        payload.with(Names.given(name, "the name of an argument"), Arguments.copyOf(name, value)));
  }

  /**
   * Replaces all keyword arguments; later changes of {@code arguments} don't matter.
   *
   * @throws SnakepitException {@link ErrorCode#INVALID_REQUEST} if JSON can't express a value
   */
  public Call args(JsonObject arguments) {
    return bringing(Payload.of(Arguments.copyOf(Names.given(arguments, "args"))));
  }

  private Call bringing(Payload other) {
    return new Call(tool, pool, session, id, other, timeoutMs, idempotent, answerHold);
  }

  /** Gives a body that reaches Python untouched: a JSON object's bytes become keyword arguments. */
  public Call body(Buffer json) {
    return body(json, "");
  }

  /**
   * Gives a body of a type, which reaches Python untouched; nobody may write to it any more.
   * Anything but {@code application/json} reaches the tool as {@code bytes}.
   *
   * @param type at most 1024 printable ASCII characters; empty means JSON
   */
  public Call body(Buffer bytes, String type) {
    return bringing(Payload.of(Names.given(bytes, "body"), Names.contentType(type)));
  }

  /**
   * Gives a large body that is counted while it waits, for those who accept calls: the host lets go
   * of it as soon as nobody needs it, and closes it when the call is over.
   */
  public Call body(WaitingBody counted, String type) {
    return bringing(Payload.of(counted, Names.contentType(type)));
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
    return bringing(Payload.of(Names.given(bytes, "upload"), Names.contentType(type)));
  }

  /**
   * Names the pool; without a name it is {@code default}, or else the only one.
   *
   * @param name a letter {@code a-z}, then at most 62 of {@code a-z 0-9 -}; empty: none
   */
  public Call pool(String name) {
    String named = Names.pool(name);
    return new Call(tool, named, session, id, payload, timeoutMs, idempotent, answerHold);
  }

  /**
   * Names the session.
   *
   * @param key 1 to 256 of {@code A-Z a-z 0-9 . _ : -}
   */
  public Call session(String key) {
    String named = Names.session(key);
    return new Call(tool, pool, named, id, payload, timeoutMs, idempotent, answerHold);
  }

  /**
   * Sets the longest duration from the call's acceptance to the last byte of the answer; at least 1
   * ms. One that is longer than any clock can count is as good as for ever.
   */
  public Call timeout(Duration timeout) {
    return timeoutMs(Names.milliseconds(Names.given(timeout, "timeout")));
  }

  /** Sets the timeout as {@link #timeout} does, in milliseconds. */
  public Call timeoutMs(long milliseconds) {
    if (milliseconds < 1) {
      throw invalid("timeoutMs must be at least 1: got " + milliseconds);
    }
    long counted = Math.min(milliseconds, LONGEST_TIMEOUT_MS);
    return new Call(tool, pool, session, id, payload, counted, idempotent, answerHold);
  }

  /**
   * Says whether running the call twice does no harm, so that it may be tried again after a crash.
   */
  public Call idempotent(boolean yes) {
    return new Call(tool, pool, session, id, payload, timeoutMs, yes, answerHold);
  }

  /**
   * Lets go of the body, which there is no room for, and has the call refused with {@link
   * ErrorCode#POOL_SATURATED} instead of run; for those who accept calls.
   */
  public Call overBudget(String why) {
    return bringing(Payload.withoutRoom(why));
  }

  /**
   * Gives the id that stands in logs and errors; one is made up if it is never given. Printable
   * ASCII, at most 256.
   */
  public Call id(String callId) {
    return id(callId, answerHold);
  }

  /**
   * Gives the id as {@link #id(String)} does, and says who has a large answer counted while a
   * client takes it; for doors.
   */
  public Call id(String callId, @Nullable AnswerHold hold) {
    String named = Names.callId(callId);
    return new Call(tool, pool, session, named, payload, timeoutMs, idempotent, hold);
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
    return payload.contentType();
  }

  /**
   * Returns the arguments' bytes, which are written the first time if {@link #args} gave them.
   * Nobody may write to them. Any thread.
   *
   * @throws SnakepitException {@link ErrorCode#INVALID_REQUEST} if they can't be written
   */
  public Buffer body() {
    return payload.bytes();
  }

  /**
   * Returns the arguments' bytes as {@link #body} does, but writes them anew, so that nothing of
   * them is kept here.
   */
  public Buffer writtenAnew() {
    return payload.writtenAnew();
  }

  /** Returns the body that is counted while it waits; null of one that is not. */
  public @Nullable WaitingBody waiting() {
    return payload.waiting();
  }

  /** Returns whether the body could be sent once more: it has not been let go of. */
  public boolean hasItsBody() {
    return payload.isHere();
  }

  /** Returns how many bytes the arguments have, also if they are not written yet. */
  public long weight() {
    return payload.weight();
  }

  /** Returns whether the arguments have more bytes than that; never takes long to tell. */
  public boolean isOver(long bytes) {
    return payload.isOver(bytes);
  }

  /** Returns whether {@link #body} has to write the arguments first. */
  public boolean isUnwritten() {
    return payload.isUnwritten();
  }

  /** Returns why there is no room for the call's body; empty if there is. */
  public String overBudget() {
    return payload.overBudget();
  }

  /** Returns who has the result counted while its client takes it; null if nobody has. */
  public @Nullable AnswerHold answerHold() {
    return answerHold;
  }

  /**
   * Returns the body that is still to come, by {@link #upload}; null where {@link #body} is all.
   */
  public @Nullable ReadStream<Buffer> upload() {
    return payload.upload();
  }

  /** Returns the context where {@link #upload} is to be read; null means any thread. */
  public @Nullable Context uploadContext() {
    return payload.uploadContext();
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
}
