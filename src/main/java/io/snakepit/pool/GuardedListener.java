package io.snakepit.pool;

import io.snakepit.api.Chunk;
import io.snakepit.api.Faults;
import io.snakepit.api.SnakepitException;
import io.snakepit.api.ToolInfo;
import io.snakepit.api.WorkerEnd;
import io.snakepit.bridge.Intake;
import io.snakepit.worker.Worker;
import io.snakepit.worker.WorkerListener;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.function.Consumer;

/**
 * Stands before a listener whose faults must not get into the code that calls it: they are told to
 * {@code crash}. On the pool's event loop.
 */
record GuardedListener(WorkerListener listener, Consumer<Throwable> crash)
    implements WorkerListener {

  @Override
  public void ready(Worker worker, List<ToolInfo> tools) {
    guard(() -> listener.ready(worker, tools));
  }

  @Override
  public void succeeded(
      Worker worker, long sequence, String contentType, Buffer body, long residentBytes) {
    guard(() -> listener.succeeded(worker, sequence, contentType, body, residentBytes));
  }

  /** {@inheritDoc} After a fault the body is read: nobody is left who could wait for room. */
  @Override
  public Intake announced(Worker worker, long sequence, int bytes, boolean here) {
    Intake[] decided = {Intake.READ};
    guard(() -> decided[0] = listener.announced(worker, sequence, bytes, here));
    return decided[0];
  }

  @Override
  public void handedOver(Worker worker) {
    guard(() -> listener.handedOver(worker));
  }

  @Override
  public void failed(Worker worker, long sequence, SnakepitException failure, long residentBytes) {
    guard(() -> listener.failed(worker, sequence, failure, residentBytes));
  }

  @Override
  public void yielded(Worker worker, long sequence, Chunk chunk) {
    guard(() -> listener.yielded(worker, sequence, chunk));
  }

  @Override
  public void blocked(Worker worker, long sequence) {
    guard(() -> listener.blocked(worker, sequence));
  }

  @Override
  public void took(Worker worker, long sequence, long bytes) {
    guard(() -> listener.took(worker, sequence, bytes));
  }

  @Override
  public void cameRound(Worker worker) {
    guard(() -> listener.cameRound(worker));
  }

  @Override
  public void standsStill(Worker worker) {
    guard(() -> listener.standsStill(worker));
  }

  @Override
  public void holds(Worker worker, long residentBytes) {
    guard(() -> listener.holds(worker, residentBytes));
  }

  @Override
  public void lost(Worker worker, boolean unread) {
    guard(() -> listener.lost(worker, unread));
  }

  @Override
  public void ended(Worker worker, String reason, WorkerEnd end) {
    guard(() -> listener.ended(worker, reason, end));
  }

  private void guard(Runnable telling) {
    try {
      telling.run();
    } catch (Throwable thrown) {
      crash.accept(thrown);
      Faults.throwIfFatal(thrown);
    }
  }
}
