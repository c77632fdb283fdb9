package io.snakepit.pool.machine;

import io.snakepit.api.Call;
import io.snakepit.api.Chunk;
import io.snakepit.api.SnakepitException;
import io.vertx.core.buffer.Buffer;

/** A caller whom nobody may answer: the machine itself never does. */
public final class NoCaller implements StreamConsumer {

  /** The ticket of a call that nobody waits for. */
  public static Ticket ticket(Call call, String id, long acceptedAt) {
    return new Ticket(call, id, acceptedAt, new NoCaller());
  }

  /** The same, of a call whose answer comes in pieces. */
  public static Ticket ticket(Call call, String id, long acceptedAt, Flow flow) {
    return new Ticket(call, id, acceptedAt, flow, new NoCaller());
  }

  private static AssertionError told() {
    return new AssertionError("the machine answers nobody, it returns effects");
  }

  @Override
  public void succeed(String contentType, Buffer body, String worker, long now) {
    throw told();
  }

  @Override
  public void answerFailure(SnakepitException failure) {
    throw told();
  }

  @Override
  public void fail(SnakepitException failure) {
    throw told();
  }

  @Override
  public void upload(ArgumentSink worker, long windowBytes, Runnable broken) {
    throw told();
  }

  @Override
  public boolean argumentsTaken(long bytes) {
    throw told();
  }

  @Override
  public void pass(Chunk chunk) {
    throw told();
  }

  @Override
  public void hurry() {
    throw told();
  }

  @Override
  public void hold(SnakepitException failure) {
    throw told();
  }

  @Override
  public void finish() {
    throw told();
  }
}
