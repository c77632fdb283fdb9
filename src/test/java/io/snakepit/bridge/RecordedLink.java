package io.snakepit.bridge;

import io.snakepit.api.Chunk;
import io.snakepit.api.PythonError;
import io.snakepit.api.SnakepitException;
import io.vertx.core.buffer.Buffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;

/** A listener that keeps what it hears, for a test to take. */
class RecordedLink implements LinkListener {
  private volatile BiFunction<Long, Integer, Intake> intake = (call, bytes) -> Intake.READ;
  private final BlockingQueue<Heard> heard = new LinkedBlockingQueue<>();

  /** A call of one of the listener's methods. */
  sealed interface Heard {}

  record Attached(WorkerLink link) implements Heard {}

  record Ready(Buffer tools) implements Heard {}

  record StartFailed(PythonError failure) implements Heard {}

  record Succeeded(long sequence, String contentType, Buffer body, long residentBytes)
      implements Heard {}

  record Failed(long sequence, SnakepitException failure, long residentBytes) implements Heard {}

  record Yielded(long sequence, Chunk chunk) implements Heard {}

  record Blocked(long sequence) implements Heard {}

  record Took(long sequence, long bytes) implements Heard {}

  record CalledHost(long id, String tool, Buffer arguments) implements Heard {}

  record AnsweredPing(long sequence, long residentBytes) implements Heard {}

  record CameRound() implements Heard {}

  record StandsStill(Standstill standstill) implements Heard {}

  record Ended(LinkEnd end) implements Heard {}

  @Override
  public void attached(WorkerLink link) {
    heard.add(new Attached(link));
  }

  @Override
  public void ready(Buffer tools) throws ProtocolException {
    heard.add(new Ready(tools.copy()));
  }

  @Override
  public void startFailed(PythonError failure) {
    heard.add(new StartFailed(failure));
  }

  @Override
  public void succeeded(long sequence, String contentType, Buffer body, long residentBytes)
      throws ProtocolException {
    heard.add(new Succeeded(sequence, contentType, body.copy(), residentBytes));
  }

  @Override
  public Intake announced(long sequence, int bytes, boolean here) {
    return here ? Intake.READ : intake.apply(sequence, bytes);
  }

  /** Sets what becomes of large bodies, by their calls and sizes. */
  void decide(BiFunction<Long, Integer, Intake> next) {
    intake = next;
  }

  @Override
  public void failed(long sequence, SnakepitException failure, long residentBytes)
      throws ProtocolException {
    heard.add(new Failed(sequence, failure, residentBytes));
  }

  @Override
  public void yielded(long sequence, Chunk chunk) throws ProtocolException {
    heard.add(new Yielded(sequence, chunk));
  }

  @Override
  public void blocked(long sequence) throws ProtocolException {
    heard.add(new Blocked(sequence));
  }

  @Override
  public void took(long sequence, long bytes) throws ProtocolException {
    heard.add(new Took(sequence, bytes));
  }

  @Override
  public void calledHost(long id, String tool, Buffer arguments) throws ProtocolException {
    heard.add(new CalledHost(id, tool, arguments.copy()));
  }

  @Override
  public void answeredPing(long sequence, long residentBytes) throws ProtocolException {
    heard.add(new AnsweredPing(sequence, residentBytes));
  }

  @Override
  public void cameRound() throws ProtocolException {
    heard.add(new CameRound());
  }

  @Override
  public void standsStill(Standstill standstill) throws ProtocolException {
    heard.add(new StandsStill(standstill));
  }

  @Override
  public void ended(LinkEnd end) {
    heard.add(new Ended(end));
  }

  /** Waits for what is heard next. */
  Heard next() throws InterruptedException {
    Heard next = heard.poll(20, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("nothing was heard for 20 s");
    }
    return next;
  }

  /** Waits for what is heard next, which must be of that kind. */
  <T extends Heard> T next(Class<T> kind) throws InterruptedException {
    Heard next = next();
    if (!kind.isInstance(next)) {
      throw new AssertionError("expected " + kind.getSimpleName() + ", heard " + next);
    }
    return kind.cast(next);
  }

  /** Waits until the link has been attached. */
  WorkerLink nextLink() throws InterruptedException {
    return next(Attached.class).link();
  }

  /** Waits for the end, which must be heard next. */
  LinkEnd nextEnd() throws InterruptedException {
    return next(Ended.class).end();
  }

  /** Returns whether something was heard that has not been taken. */
  boolean hasHeardMore() {
    return !heard.isEmpty();
  }
}
