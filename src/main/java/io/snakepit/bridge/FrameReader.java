package io.snakepit.bridge;

import com.google.protobuf.InvalidProtocolBufferException;
import io.snakepit.bridge.v1.WorkerMessage;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a worker's bytes into frames. Small frames that arrive whole, as nearly all do, are parsed
 * where they lie; what is incomplete is kept, and a large body is gathered in one buffer of its
 * final size. Pure; belongs to its connection.
 */
public final class FrameReader {
  /** Two lengths, big-endian. */
  static final int PREFIX = 2 * Integer.BYTES;

  /** The longest header that is accepted. */
  static final int MAX_HEADER = 64 * 1024;

  private static final Buffer EMPTY = Buffer.buffer();

  /** Takes the frames, in order. */
  @FunctionalInterface
  public interface Sink {
    void frame(WorkerMessage header, Buffer body) throws ProtocolException;
  }

  private final Sink sink;
  private long maxFrame;
  private @Nullable Buffer gathered;

  /**
   * @param maxFrame bytes of header and body together; larger frames are refused unread
   */
  public FrameReader(long maxFrame, Sink sink) {
    this.maxFrame = maxFrame;
    this.sink = sink;
  }

  /** Allows larger frames, once the peer is known. */
  public void allow(long maxFrameBytes) {
    this.maxFrame = maxFrameBytes;
  }

  /**
   * Takes what has arrived, and hands on each frame that is whole now.
   *
   * @throws ProtocolException if it can't be a frame, or the sink refuses it; no more may be read
   */
  public void read(Buffer arrived) throws ProtocolException {
    Buffer bytes = gathered == null ? arrived : gathered.appendBuffer(arrived);
    int position = 0;
    while (bytes.length() - position >= PREFIX) {
      long header = bytes.getUnsignedInt(position);
      long body = bytes.getUnsignedInt(position + Integer.BYTES);
      check(header, body);
      long end = position + PREFIX + header + body;
      if (end > bytes.length()) {
        break;
      }
      int bodyStart = position + PREFIX + (int) header;
      WorkerMessage message = parse(bytes, position + PREFIX, bodyStart);
      sink.frame(message, body == 0 ? EMPTY : bytes.slice(bodyStart, (int) end));
      position = (int) end;
    }
    keep(bytes, position);
  }

  private void check(long header, long body) throws ProtocolException {
    if (header > MAX_HEADER) {
      throw new ProtocolException(
          "a header of %d bytes, where %d are allowed".formatted(header, MAX_HEADER));
    }
    if (header + body > maxFrame) {
      throw new ProtocolException(
          "a frame of %d bytes, where %d are allowed".formatted(header + body, maxFrame));
    }
  }

  private static WorkerMessage parse(Buffer bytes, int start, int end) throws ProtocolException {
    try {
      return WorkerMessage.parseFrom(bytes.getBytes(start, end));
    } catch (InvalidProtocolBufferException e) {
      throw new ProtocolException("a header that is no message: " + e.getMessage());
    }
  }

  /**
   * Keeps what is not a whole frame yet, in a buffer of ours that no body handed on is a slice of.
   */
  private void keep(Buffer bytes, int position) {
    int rest = bytes.length() - position;
    if (rest == 0) {
      gathered = null;
    } else if (position > 0 || bytes != gathered) {
      gathered = Buffer.buffer(expected(bytes, position)).appendBuffer(bytes, position, rest);
    }
  }

  /** The size of the frame that begins there, as far as it is known. */
  private static int expected(Buffer bytes, int position) {
    if (bytes.length() - position < PREFIX) {
      return PREFIX;
    }
    long header = bytes.getUnsignedInt(position);
    return (int) (PREFIX + header + bytes.getUnsignedInt(position + Integer.BYTES));
  }
}
