package io.snakepit.http;

import io.snakepit.api.Chunk;
import io.snakepit.api.Result;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.List;
import java.util.Queue;

/**
 * A large body on its way out, which is taken piece by piece. Bytes that go out as Base64 become
 * that as they are taken, so that they are never there twice. For one writer.
 */
final class AnswerBody {
  private final Queue<Part> parts = new ArrayDeque<>();
  private final long length;

  /** A part of the body, of which some has been taken. */
  private static final class Part {
    final Buffer bytes;
    final boolean base64;
    int taken;

    Part(Buffer bytes, boolean base64) {
      this.bytes = bytes;
      this.base64 = base64;
    }

    long length() {
      return base64 ? (bytes.length() + 2L) / 3 * 4 : bytes.length();
    }

    boolean isTaken() {
      return taken == bytes.length();
    }

    /** Takes the next bytes of it, at most so many. */
    Buffer take(int most) {
      int room = base64 ? most / 4 * 3 : most;
      Buffer next = bytes.slice(taken, Math.min(bytes.length(), taken + room));
      taken += next.length();
      return base64 ? Buffer.buffer(Base64.getEncoder().encode(next.getBytes())) : next;
    }
  }

  private AnswerBody(List<Part> all) {
    all.stream().filter(part -> part.bytes.length() > 0).forEach(parts::add);
    this.length = all.stream().mapToLong(Part::length).sum();
  }

  private static Part text(String text) {
    return new Part(Buffer.buffer(text), false);
  }

  /** Makes a body of bytes as they stand. */
  static AnswerBody of(Buffer bytes) {
    return new AnswerBody(List.of(new Part(bytes, false)));
  }

  /** Makes a body of a result's JSON with words of ours around it. */
  static AnswerBody of(String before, Result result, String after) {
    return result.isJson()
        ? new AnswerBody(List.of(text(before), new Part(result.bytes(), false), text(after)))
        : ofBytes(before, result.bytes(), after);
  }

  /** Makes a body of a chunk's JSON, as {@link Chunk#jsonBytes} has it. */
  static AnswerBody of(Chunk chunk) {
    if (!chunk.isJson()) {
      return ofBytes("", chunk.bytes(), "");
    }
    Part bytes = new Part(chunk.bytes(), false);
    return chunk.hasReservedKey()
        ? new AnswerBody(List.of(text("{\"$chunk\":"), bytes, text("}")))
        : new AnswerBody(List.of(bytes));
  }

  private static AnswerBody ofBytes(String before, Buffer bytes, String after) {
    return new AnswerBody(
        List.of(text(before + "{\"$bytes\":\""), new Part(bytes, true), text("\"}" + after)));
  }

  /** Returns how many bytes it has in all. */
  long length() {
    return length;
  }

  /** Returns whether all of it has been taken. */
  boolean isTaken() {
    return parts.isEmpty();
  }

  /**
   * Takes the next piece.
   *
   * @param most its greatest length, a multiple of 4
   */
  Buffer take(int most) {
    Part next = parts.peek();
    if (next == null) {
      throw new IllegalStateException("all of the body has been taken");
    }
    Buffer piece = next.take(most);
    if (next.isTaken()) {
      parts.remove();
    }
    return piece;
  }
}
