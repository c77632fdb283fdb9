package io.snakepit.api;

import io.snakepit.api.waiting.WaitingBody;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.core.streams.ReadStream;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Payload of a call, which is one of five: arguments that are still to be written, a body, a body
 * that is counted while it waits, one that is still to come, or one that there is no room for.
 * Calls that differ in nothing of that share it. Immutable but for what it remembers; any thread.
 */
final class Payload {
  private static final Buffer NO_BYTES = Buffer.buffer();

  /** The payload of a call without arguments. */
  static final Payload NONE = new Payload("", NO_BYTES, null, null, null, null, "");

  private final String contentType;
  private final Buffer bytes;
  private final @Nullable JsonObject args;
  private final @Nullable WaitingBody waiting;
  private final @Nullable ReadStream<Buffer> upload;
  private final @Nullable Context uploadContext;
  private final String overBudget;

  /** The arguments' bytes, once somebody has asked for them. */
  private volatile @Nullable Buffer written;

  private Payload(
      String contentType,
      Buffer bytes,
      @Nullable JsonObject args,
      @Nullable WaitingBody waiting,
      @Nullable ReadStream<Buffer> upload,
      @Nullable Context uploadContext,
      String overBudget) {
    this.contentType = contentType;
    this.bytes = bytes;
    this.args = args;
    this.waiting = waiting;
    this.upload = upload;
    this.uploadContext = uploadContext;
    this.overBudget = overBudget;
  }

  /** Makes the payload of arguments, which nobody else may change from now on. */
  static Payload of(JsonObject args) {
    return new Payload("", NO_BYTES, args, null, null, null, "");
  }

  /** Makes the payload of a body. */
  static Payload of(Buffer bytes, String contentType) {
    return new Payload(contentType, bytes, null, null, null, null, "");
  }

  /** Makes the payload of a body that is counted while it waits. */
  static Payload of(WaitingBody counted, String contentType) {
    return new Payload(contentType, NO_BYTES, null, counted, null, null, "");
  }

  /** Makes the payload of a body that is still to come, to be read on the current context. */
  static Payload of(ReadStream<Buffer> upload, String contentType) {
    return new Payload(contentType, NO_BYTES, null, null, upload, Vertx.currentContext(), "");
  }

  /** Makes the payload of a body that there is no room for, and says why. */
  static Payload withoutRoom(String why) {
    return new Payload("", NO_BYTES, null, null, null, null, why);
  }

  /** Returns the arguments with one more, which is a copy of ours. */
  Payload with(String name, @Nullable Object value) {
    // What is there already is a copy of ours, so that a new map of the same values will do.
    return of(
        new JsonObject(new LinkedHashMap<>(args == null ? Map.of() : args.getMap()))
            .put(name, value));
  }

  /** Returns the type of the bytes; empty means {@link Call#JSON}. */
  String contentType() {
    return contentType;
  }

  /** Returns the bytes, which are written the first time if they are of arguments. */
  Buffer bytes() {
    if (args == null) {
      return waiting == null ? bytes : waiting.bytes();
    }
    Buffer known = written;
    if (known == null) {
      known = Arguments.write(args);
      written = known;
    }
    return known;
  }

  /** Returns the bytes as {@link #bytes} does, but remembers nothing of what it writes. */
  Buffer writtenAnew() {
    return args == null ? bytes() : Arguments.write(args);
  }

  /** Returns whether {@link #bytes} has to write them first. */
  boolean isUnwritten() {
    return args != null;
  }

  /** Returns how many bytes there are, also if they are not written yet. */
  long weight() {
    if (args != null) {
      return Arguments.length(args);
    }
    return waiting == null ? bytes.length() : waiting.length();
  }

  /** Returns whether there are more bytes than that; never takes long to tell. */
  boolean isOver(long limit) {
    return args == null ? weight() > limit : Arguments.isOver(limit, args);
  }

  /** Returns the body that is counted while it waits; null of any other. */
  @Nullable WaitingBody waiting() {
    return waiting;
  }

  /** Returns whether the bytes could be sent once more: they have not been let go of. */
  boolean isHere() {
    return waiting == null || waiting.isHere();
  }

  /** Returns the body that is still to come; null of any other. */
  @Nullable ReadStream<Buffer> upload() {
    return upload;
  }

  /** Returns the context where {@link #upload} is to be read; null means any thread. */
  @Nullable Context uploadContext() {
    return uploadContext;
  }

  /** Returns why there is no room for the body; empty if there is. */
  String overBudget() {
    return overBudget;
  }
}
