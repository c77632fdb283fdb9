package io.snakepit.bridge;

import io.snakepit.api.ErrorCode;
import io.snakepit.api.waiting.WaitingBody;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;

/**
 * A link over the two Unix sockets of a worker: its work and its control connection. For the
 * acceptor's event loop.
 */
final class SocketWorkerLink implements WorkerLink {
  private static final Buffer NO_BODY = Buffer.buffer();

  private final Connection work;
  private final Connection control;
  private final long maxBodyBytes;
  private boolean lastSentIsCall;

  /**
   * @param maxBodyBytes of an answer to a call of the worker's
   */
  SocketWorkerLink(Connection work, Connection control, long maxBodyBytes) {
    this.work = work;
    this.control = control;
    this.maxBodyBytes = maxBodyBytes;
  }

  @Override
  public void call(DispatchedCall call) {
    lastSentIsCall = true;
    WaitingBody waiting = call.call().waiting();
    if (waiting == null) {
      work.send(HostMessages.call(call), call.call().body());
      return;
    }
    boolean sentAgain = call.call().idempotent();
    waiting.writing();
    try {
      work.send(HostMessages.call(call), waiting.bytes())
          .onComplete(
              written -> waiting.written(true, sentAgain),
              lost -> waiting.written(false, sentAgain));
    } catch (Throwable refused) {
      waiting.written(false, sentAgain);
      throw refused;
    }
  }

  @Override
  public void credit(long sequence, int chunks, long bytes) {
    lastSentIsCall = false;
    work.send(HostMessages.credit(sequence, chunks, bytes), NO_BODY);
  }

  @Override
  public void part(long sequence, Buffer bytes, boolean last) {
    lastSentIsCall = false;
    int from = 0;
    for (; bytes.length() - from > Protocol.MAX_PART_BYTES; from += Protocol.MAX_PART_BYTES) {
      work.send(
          HostMessages.part(sequence, false), bytes.slice(from, from + Protocol.MAX_PART_BYTES));
    }
    Buffer rest = from == 0 ? bytes : bytes.slice(from, bytes.length());
    work.send(HostMessages.part(sequence, last), rest);
  }

  @Override
  public void cancel(long sequence) {
    control.send(HostMessages.cancel(sequence), NO_BODY);
  }

  @Override
  public Future<Void> answer(long hostCall, Buffer result) {
    lastSentIsCall = false;
    if (result.length() > maxBodyBytes) {
      return refuse(
          hostCall,
          ErrorCode.PAYLOAD_TOO_LARGE,
          "the host tool's result has %d bytes: http.maxBodyBytes allows %d"
              .formatted(result.length(), maxBodyBytes));
    }
    return work.send(HostMessages.answer(hostCall), result);
  }

  @Override
  public Future<Void> refuse(long hostCall, ErrorCode code, String message) {
    lastSentIsCall = false;
    return work.send(HostMessages.refusal(hostCall, code, message), NO_BODY);
  }

  @Override
  public void readOn() {
    work.readOn();
  }

  @Override
  public void ping(long sequence) {
    control.send(HostMessages.ping(sequence), NO_BODY);
  }

  @Override
  public void shutdown() {
    control.send(HostMessages.SHUTDOWN, NO_BODY);
  }

  /** Returns whether a call is the last that went out on the work connection. */
  boolean lastSentIsCall() {
    return lastSentIsCall;
  }

  @Override
  public void close() {
    work.close();
    control.close();
  }
}
