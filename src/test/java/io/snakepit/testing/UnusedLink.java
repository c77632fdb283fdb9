package io.snakepit.testing;

import io.snakepit.api.ErrorCode;
import io.snakepit.bridge.DispatchedCall;
import io.snakepit.bridge.WorkerLink;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;

/** A link over which nothing is to be sent; a test overrides what it expects. */
public class UnusedLink implements WorkerLink {

  private static AssertionError unexpected(String what) {
    return new AssertionError("nothing of the kind was to be sent: " + what);
  }

  @Override
  public void call(DispatchedCall call) {
    throw unexpected("call");
  }

  @Override
  public void credit(long sequence, int chunks, long bytes) {
    throw unexpected("credit");
  }

  @Override
  public void part(long sequence, Buffer bytes, boolean last) {
    throw unexpected("part");
  }

  @Override
  public void cancel(long sequence) {
    throw unexpected("cancel");
  }

  @Override
  public Future<Void> answer(long hostCall, Buffer result) {
    throw unexpected("answer");
  }

  @Override
  public Future<Void> refuse(long hostCall, ErrorCode code, String message) {
    throw unexpected("refuse");
  }

  @Override
  public void readOn() {
    throw unexpected("readOn");
  }

  @Override
  public void ping(long sequence) {
    throw unexpected("ping");
  }

  @Override
  public void shutdown() {
    throw unexpected("shutdown");
  }

  @Override
  public void close() {
    throw unexpected("close");
  }
}
