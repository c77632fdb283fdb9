package io.snakepit.bridge;

import io.snakepit.bridge.v1.Call;
import io.snakepit.bridge.v1.Cancel;
import io.snakepit.bridge.v1.HostMessage;
import io.snakepit.bridge.v1.HostResult;
import io.snakepit.bridge.v1.Ping;
import io.snakepit.bridge.v1.Shutdown;
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

  /** Answers a call that the worker made to the host. */
  public void answer(HostResult result, Buffer body) {
    lastSentIsCall = false;
    work.send(HostMessage.newBuilder().setHostResult(result).build(), body);
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
