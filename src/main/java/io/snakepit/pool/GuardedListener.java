package io.snakepit.pool;

import io.snakepit.api.Chunk;
import io.snakepit.api.SnakepitException;
import io.snakepit.api.ToolInfo;
import io.snakepit.worker.Worker;
import io.snakepit.worker.WorkerListener;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.function.Consumer;

/**
 * Stands before a listener whose faults must not get into the code that calls it: they are told to
 * {@code crash}. On the pool's event loop.
 */
record GuardedListener(WorkerListener listener, Consumer<RuntimeException> crash)
    implements WorkerListener {

  @Override
  public void ready(Worker worker, List<ToolInfo> tools) {
    try {
      listener.ready(worker, tools);
    } catch (RuntimeException e) {
      crash.accept(e);
    }
  }

  @Override
  public void succeeded(
      Worker worker, long sequence, String contentType, Buffer body, long residentBytes) {
    try {
      listener.succeeded(worker, sequence, contentType, body, residentBytes);
    } catch (RuntimeException e) {
      crash.accept(e);
    }
  }

  @Override
  public void failed(Worker worker, long sequence, SnakepitException failure, long residentBytes) {
    try {
      listener.failed(worker, sequence, failure, residentBytes);
    } catch (RuntimeException e) {
      crash.accept(e);
    }
  }

  @Override
  public void yielded(Worker worker, long sequence, Chunk chunk) {
    try {
      listener.yielded(worker, sequence, chunk);
    } catch (RuntimeException e) {
      crash.accept(e);
    }
  }

  @Override
  public void blocked(Worker worker, long sequence) {
    try {
      listener.blocked(worker, sequence);
    } catch (RuntimeException e) {
      crash.accept(e);
    }
  }

  @Override
  public void took(Worker worker, long sequence, long bytes) {
    try {
      listener.took(worker, sequence, bytes);
    } catch (RuntimeException e) {
      crash.accept(e);
    }
  }

  @Override
  public void holds(Worker worker, long residentBytes) {
    try {
      listener.holds(worker, residentBytes);
    } catch (RuntimeException e) {
      crash.accept(e);
    }
  }

  @Override
  public void lost(Worker worker, boolean unread) {
    try {
      listener.lost(worker, unread);
    } catch (RuntimeException e) {
      crash.accept(e);
    }
  }

  @Override
  public void ended(Worker worker, String reason, boolean asked) {
    try {
      listener.ended(worker, reason, asked);
    } catch (RuntimeException e) {
      crash.accept(e);
    }
  }
}
