package io.snakepit.bridge;

import com.google.protobuf.InvalidProtocolBufferException;
import io.snakepit.bridge.v1.WorkerMessage;
import io.snakepit.vertx.JoinedBuffer;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * A reader that cuts a worker's bytes into frames. Small frames that arrive whole, as nearly all
 * do, are parsed where they lie. A frame that arrives in parts is made of these parts where it is
 * large, without a copy, and gathered in one buffer where it is not. Memory is held for what has
 * arrived alone: to announce a large frame costs us nothing. Pure; belongs to its connection.
 */
public final class FrameReader {
  /** The bytes of the two big-endian lengths before a frame. */
  static final int PREFIX = 2 * Integer.BYTES;

  /** The longest header that is accepted, in bytes. */
  static final int MAX_HEADER = 64 * 1024;

  /** The bytes of the largest frame that is gathered in one buffer. */
  private static final int MAX_GATHERED = 4 * MAX_HEADER;

  /**
   * The fraction of what it arrived with below which a body is copied, so as not to keep it all.
   */
  private static final int SMALL_PART = 8;

  private static final Buffer EMPTY = Buffer.buffer();

  /** Takes frames, in the order in which they arrive. */
  @FunctionalInterface
  public interface Sink {
    void frame(WorkerMessage header, Buffer body) throws ProtocolException;
  }

  private final Sink sink;
  private long maxFrame;

  /** The frame that has begun: its start, or less than a prefix. Null between frames. */
  private @Nullable Buffer begun;

  /** The parts behind the start of a large frame that has begun. */
  private @Nullable JoinedBuffer parts;

  /**
   * Makes a reader for one connection.
   *
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

  /** Returns whether a frame has begun that is not whole yet. */
  boolean isWithinFrame() {
    return begun != null;
  }

  /**
   * Takes what has arrived, and hands on each frame that is whole now.
   *
   * @param arrived belongs to the reader from now on: bodies handed on may be parts of it
   * @throws ProtocolException if it can't be a frame, or the sink refuses it; no more may be read
   */
  public void read(Buffer arrived) throws ProtocolException {
    Buffer start = begun;
    if (start == null) {
      cut(arrived, 0);
    } else if (start.length() < PREFIX) {
      begun = null;
      cut(start.appendBuffer(arrived), 0);
    } else {
      int taken = gather(start, arrived);
      if (taken < arrived.length()) {
        cut(arrived, taken);
      }
    }
  }

  /**
   * Adds what the begun frame lacks, hands it on if it is whole then, and tells how much it took.
   */
  private int gather(Buffer start, Buffer arrived) throws ProtocolException {
    int length = frameLength(start, 0);
    if (length > MAX_GATHERED) {
      return gatherParts(start, length, arrived);
    }
    int taken = Math.min(length - start.length(), arrived.length());
    start.appendBuffer(arrived, 0, taken);
    if (start.length() == length) {
      begun = null;
      handOn(start, 0, length);
    }
    return taken;
  }

  /** Gathers the header in one buffer, and makes the body of its parts. */
  private int gatherParts(Buffer start, int length, Buffer arrived) throws ProtocolException {
    int bodyStart = PREFIX + start.getInt(0);
    int headerTaken = Math.min(Math.max(0, bodyStart - start.length()), arrived.length());
    start.appendBuffer(arrived, 0, headerTaken);
    if (start.length() < bodyStart) {
      return headerTaken;
    }
    JoinedBuffer body = parts;
    if (body == null) {
      body = new JoinedBuffer();
      body.add(start.slice(bodyStart, start.length()));
      parts = body;
    }
    int taken = Math.min(length - bodyStart - body.length(), arrived.length() - headerTaken);
    body.add(arrived.slice(headerTaken, headerTaken + taken));
    if (body.length() == length - bodyStart) {
      begun = null;
      parts = null;
      sink.frame(parse(start.getBytes(PREFIX, bodyStart)), body.join());
    }
    return headerTaken + taken;
  }

  /** Hands on every frame that is whole, and keeps the rest, which is the start of another. */
  private void cut(Buffer bytes, int from) throws ProtocolException {
    int position = from;
    int wanted = PREFIX;
    while (bytes.length() - position >= PREFIX) {
      wanted = frameLength(bytes, position);
      if (wanted > bytes.length() - position) {
        break;
      }
      handOn(bytes, position, position + wanted);
      position += wanted;
      wanted = PREFIX;
    }
    int rest = bytes.length() - position;
    if (rest > 0) {
      int room = wanted > MAX_GATHERED ? rest : wanted;
      begun = Buffer.buffer(room).appendBuffer(bytes, position, rest);
    }
  }

  /** Returns the length of the frame that begins there, prefix included; within the limits. */
  private int frameLength(Buffer bytes, int position) throws ProtocolException {
    long header = bytes.getUnsignedInt(position);
    long body = bytes.getUnsignedInt(position + Integer.BYTES);
    if (header > MAX_HEADER) {
      throw new ProtocolException(
          "a header of %d bytes, where %d are allowed".formatted(header, MAX_HEADER));
    }
    if (header + body > maxFrame) {
      throw new ProtocolException(
          "a frame of %d bytes, where %d are allowed".formatted(header + body, maxFrame));
    }
    return (int) (PREFIX + header + body);
  }

  private void handOn(Buffer bytes, int position, int end) throws ProtocolException {
    int headerStart = position + PREFIX;
    int bodyStart = headerStart + bytes.getInt(position);
    WorkerMessage header = parse(bytes.getBytes(headerStart, bodyStart));
    sink.frame(header, body(bytes, bodyStart, end));
  }

  private static Buffer body(Buffer bytes, int start, int end) {
    if (start == end) {
      return EMPTY;
    }
    boolean smallPart = (end - start) < bytes.length() / SMALL_PART;
    return smallPart ? bytes.getBuffer(start, end) : bytes.slice(start, end);
  }

  private static WorkerMessage parse(byte[] header) throws ProtocolException {
    try {
      return WorkerMessage.parseFrom(header);
    } catch (InvalidProtocolBufferException e) {
      throw new ProtocolException("a header that is no message: " + e.getMessage());
    }
  }
}
