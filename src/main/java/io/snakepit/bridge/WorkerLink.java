package io.snakepit.bridge;

import io.snakepit.bridge.v1.Call;
import io.snakepit.bridge.v1.HostMessage;
import io.snakepit.bridge.v1.HostResult;
import io.snakepit.bridge.v1.Shutdown;
import io.vertx.core.buffer.Buffer;

/**
 * The host's end of an attached worker: its work and its control connection. All methods are for
 * the door's event loop, and none throws when the worker is gone: {@link LinkListener#ended} tells.
 */
public final class WorkerLink {
  private static final HostMessage SHUTDOWN =
      HostMessage.newBuilder().setShutdown(Shutdown.getDefaultInstance()).build();

  private final Connection work;
  private final Connection control;

  WorkerLink(Connection work, Connection control) {
    this.work = work;
    this.control = control;
  }

  /** Sends a call; its answer comes as a message of the same id. */
  public void call(Call call, Buffer arguments) {
    work.send(HostMessage.newBuilder().setCall(call).build(), arguments);
  }

  /** Answers a call that the worker made to the host. */
  public void answer(HostResult result, Buffer body) {
    work.send(HostMessage.newBuilder().setHostResult(result).build(), body);
  }

  /** Asks the worker to end once its current call is over. */
  public void shutdown() {
    control.send(SHUTDOWN, Buffer.buffer());
  }

  /** Closes both connections. */
  public void close() {
    work.close();
    control.close();
  }
}
