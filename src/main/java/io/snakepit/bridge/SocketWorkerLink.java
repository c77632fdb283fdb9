package io.snakepit.bridge;

import io.snakepit.api.ErrorCode;
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
  private boolean lastSentIsCall;

  SocketWorkerLink(Connection work, Connection control) {
    this.work = work;
    this.control = control;
  }

  @Override
  public void call(DispatchedCall call) {
    lastSentIsCall = true;
    work.send(HostMessages.call(call), call.call().body());
  }

  @Override
  public void credit(long sequence, int chunks, long bytes) {
    lastSentIsCall = false;
    work.send(HostMessages.credit(sequence, chunks, bytes), NO_BODY);
  }

  @Override
  public void part(long sequence, Buffer bytes, boolean last) {
    lastSentIsCall = false;
    work.send(HostMessages.part(sequence, last), bytes);
  }

  @Override
  public void cancel(long sequence) {
    control.send(HostMessages.cancel(sequence), NO_BODY);
  }

  @Override
  public Future<Void> answer(long hostCall, Buffer result) {
    lastSentIsCall = false;
    return work.send(HostMessages.answer(hostCall), result);
  }

  @Override
  public Future<Void> refuse(long hostCall, ErrorCode code, String message) {
    lastSentIsCall = false;
    return work.send(HostMessages.refusal(hostCall, code, message), NO_BODY);
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
