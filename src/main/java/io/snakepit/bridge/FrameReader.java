package io.snakepit.bridge;

import com.google.protobuf.InvalidProtocolBufferException;
import io.snakepit.api.waiting.ByteBudget;
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

  /** The bytes of the largest frame that is gathered in one buffer. */
  private static final int MAX_GATHERED = 4 * Protocol.MAX_HEADER_BYTES;

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

  /** Decides on large bodies, of whose frames no more than the header has come. */
  @FunctionalInterface
  public interface Gate {
    /**
     * @param here whether the body has come with its header
     */
    Intake enter(WorkerMessage header, int bodyBytes, boolean here) throws ProtocolException;
  }

  private final Sink sink;
  private Gate gate = (header, bodyBytes, here) -> Intake.READ;
  private long maxFrame;

  /** The frame that has begun: its start, or less than a prefix. Null between frames. */
  private @Nullable Buffer begun;

  /** The parts behind the start of a large frame that has begun. */
  private @Nullable JoinedBuffer parts;

  /** The header of a large frame that has begun. */
  private @Nullable WorkerMessage header;

  /** The bytes that wait behind a header, until {@link #readOn}. Null while nothing waits. */
  private @Nullable JoinedBuffer waiting;

  private boolean dropping;
  private int bodyRead;

  /**
   * Makes a reader for one connection.
   *
   * @param maxFrame bytes of header and body together; larger frames are refused unread
   */
  public FrameReader(long maxFrame, Sink sink) {
    this.maxFrame = maxFrame;
    this.sink = sink;
  }

  /** Has that decide on large bodies. */
  void gate(Gate wanted) {
    this.gate = wanted;
  }

  /** Returns whether a body waits, so that no more should be read. */
  boolean isWaiting() {
    return waiting != null;
  }

  /** Asks again about the body that waits, and takes what waits behind it if it may. */
  void readOn() throws ProtocolException {
    JoinedBuffer held = waiting;
    waiting = null;
    if (held != null) {
      read(held.join());
    }
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
    if (waiting != null) {
      waiting.add(arrived);
    } else if (start == null) {
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
    if (isLarge(start, 0)) {
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
    WorkerMessage known = header;
    if (known == null) {
      known = parse(start.getBytes(PREFIX, bodyStart));
      header = known;
    }
    if (parts == null && !enter(known, start, length - bodyStart)) {
      JoinedBuffer held = new JoinedBuffer();
      held.add(arrived.slice(headerTaken, arrived.length()));
      waiting = held;
      return arrived.length();
    }
    int taken = Math.min(length - bodyStart - bodyRead, arrived.length() - headerTaken);
    addPart(arrived.slice(headerTaken, headerTaken + taken));
    if (bodyRead == length - bodyStart) {
      Buffer body = parts == null ? EMPTY : parts.join();
      begun = null;
      parts = null;
      header = null;
      sink.frame(known, body);
    }
    return headerTaken + taken;
  }

  /** Asks whether a body may be read, and begins it if so. */
  private boolean enter(WorkerMessage known, Buffer start, int bodyBytes) throws ProtocolException {
    Intake intake = gate.enter(known, bodyBytes, false);
    if (intake == Intake.WAIT) {
      return false;
    }
    dropping = intake == Intake.DROP;
    parts = new JoinedBuffer();
    bodyRead = 0;
    addPart(start.slice(PREFIX + start.getInt(0), start.length()));
    return true;
  }

  private void addPart(Buffer part) {
    bodyRead += part.length();
    if (!dropping && parts != null) {
      parts.add(part);
    }
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
    if (header > Protocol.MAX_HEADER_BYTES) {
      throw new ProtocolException(
          "a header of %d bytes, where %d are allowed"
              .formatted(header, Protocol.MAX_HEADER_BYTES));
    }
    if (header + body > maxFrame) {
      throw new ProtocolException(
          "a frame of %d bytes, where %d are allowed".formatted(header + body, maxFrame));
    }
    return (int) (PREFIX + header + body);
  }

  /** Returns whether the body of the frame that begins there is one to ask the gate about. */
  private static boolean isLarge(Buffer bytes, int position) {
    return bytes.getUnsignedInt(position + Integer.BYTES) > ByteBudget.SMALL_BYTES;
  }

  private void handOn(Buffer bytes, int position, int end) throws ProtocolException {
    int headerStart = position + PREFIX;
    int bodyStart = headerStart + bytes.getInt(position);
    WorkerMessage message = parse(bytes.getBytes(headerStart, bodyStart));
    boolean drop =
        isLarge(bytes, position) && gate.enter(message, end - bodyStart, true) == Intake.DROP;
    sink.frame(message, drop ? EMPTY : body(bytes, bodyStart, end));
  }

  private static Buffer body(Buffer bytes, int start, int end) {
    if (start == end) {
      return EMPTY;
    }
    boolean smallPart = (end - start) < bytes.length() / SMALL_PART;
    return smallPart ? bytes.getBuffer(start, end) : bytes.slice(start, end);
  }

  private static WorkerMessage parse(byte[] bytes) throws ProtocolException {
    try {
      return WorkerMessage.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new ProtocolException("a header that is no message: " + e.getMessage());
    }
  }
}
