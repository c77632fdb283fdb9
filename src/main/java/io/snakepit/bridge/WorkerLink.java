package io.snakepit.bridge;

import io.snakepit.bridge.v1.Call;
import io.snakepit.bridge.v1.Cancel;
import io.snakepit.bridge.v1.Credit;
import io.snakepit.bridge.v1.HostMessage;
import io.snakepit.bridge.v1.HostResult;
import io.snakepit.bridge.v1.Part;
import io.snakepit.bridge.v1.Ping;
import io.snakepit.bridge.v1.Shutdown;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;

/**
 * The host's end of an attached worker: its work and its control connection. All methods are for
 * the door's event loop, and none throws when the worker is gone: {@link LinkListener#ended} tells.
 */
public final class WorkerLink {
  private static final HostMessage SHUTDOWN =
      HostMessage.newBuilder().setShutdown(Shutdown.getDefaultInstance()).build();
  private static final Buffer NO_BODY = Buffer.buffer();

  private final Connection work;
  private final Connection control;
  private boolean lastSentIsCall;

  WorkerLink(Connection work, Connection control) {
    this.work = work;
    this.control = control;
  }

  /** Sends a call; its answer comes as a message of the same id. */
  public void call(Call call, Buffer arguments) {
    lastSentIsCall = true;
    work.send(HostMessage.newBuilder().setCall(call).build(), arguments);
  }

  /**
   * Answers a call that the worker made to the host.
   *
   * @return completes once it is written; fails if it can't be
   */
  public Future<Void> answer(HostResult result, Buffer body) {
    lastSentIsCall = false;
    return work.send(HostMessage.newBuilder().setHostResult(result).build(), body);
  }

  /** Lets so many chunks more of a stream come, and so many bytes of them. */
  public void credit(long call, int chunks, long bytes) {
    lastSentIsCall = false;
    Credit credit = Credit.newBuilder().setId(call).setChunks(chunks).setBytes(bytes).build();
    work.send(HostMessage.newBuilder().setCredit(credit).build(), NO_BODY);
  }

  /** Sends a piece of a call's arguments. */
  public void part(long call, Buffer bytes, boolean last) {
    lastSentIsCall = false;
    Part part = Part.newBuilder().setId(call).setLast(last).build();
    work.send(HostMessage.newBuilder().setPart(part).build(), bytes);
  }

  /** Has a call interrupted that nobody waits for any more; it may be over already. */
  public void cancel(long call) {
    Cancel cancel = Cancel.newBuilder().setId(call).build();
    control.send(HostMessage.newBuilder().setCancel(cancel).build(), NO_BODY);
  }

  /** Asks for a sign of life, which comes as a {@code Pong} with the same sequence. */
  public void ping(long sequence) {
    Ping ping = Ping.newBuilder().setSequence(sequence).build();
    control.send(HostMessage.newBuilder().setPing(ping).build(), NO_BODY);
  }

  /** Asks the worker to end once its current call is over. */
  public void shutdown() {
    control.send(SHUTDOWN, NO_BODY);
  }

  /** Whether a call is the last that went out on the work connection. */
  boolean lastSentIsCall() {
    return lastSentIsCall;
  }

  /** Closes both connections. */
  public void close() {
    work.close();
    control.close();
  }
}
