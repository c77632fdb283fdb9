package io.snakepit.bridge;

import io.snakepit.api.ErrorCode;
import io.snakepit.bridge.v1.Call;
import io.snakepit.bridge.v1.Cancel;
import io.snakepit.bridge.v1.Credit;
import io.snakepit.bridge.v1.HostMessage;
import io.snakepit.bridge.v1.HostResult;
import io.snakepit.bridge.v1.Part;
import io.snakepit.bridge.v1.Ping;
import io.snakepit.bridge.v1.Shutdown;

/** The protocol's messages to a worker, made of our words; for every transport. Pure. */
final class HostMessages {
  static final HostMessage SHUTDOWN =
      HostMessage.newBuilder().setShutdown(Shutdown.getDefaultInstance()).build();

  private static final double NANOS_PER_MS = 1e6;

  private HostMessages() {}

  static HostMessage call(DispatchedCall dispatched) {
    io.snakepit.api.Call call = dispatched.call();
    DispatchedCall.Windows windows = dispatched.windows();
    Call header =
        Call.newBuilder()
            .setId(dispatched.sequence())
            .setTool(call.tool())
            .setCall(dispatched.id())
            .setSession(call.session())
            .setContentType(call.contentType())
            .setTimeoutMs(dispatched.remainingNanos() / NANOS_PER_MS)
            .setBatch(dispatched.batch())
            .setWindowChunks(windows.chunks())
            .setWindowBytes(windows.bytes())
            .setUploadWindowBytes(windows.uploadBytes())
            .build();
    return HostMessage.newBuilder().setCall(header).build();
  }

  static HostMessage credit(long sequence, int chunks, long bytes) {
    Credit credit = Credit.newBuilder().setId(sequence).setChunks(chunks).setBytes(bytes).build();
    return HostMessage.newBuilder().setCredit(credit).build();
  }

  static HostMessage part(long sequence, boolean last) {
    Part part = Part.newBuilder().setId(sequence).setLast(last).build();
    return HostMessage.newBuilder().setPart(part).build();
  }

  static HostMessage cancel(long sequence) {
    Cancel cancel = Cancel.newBuilder().setId(sequence).build();
    return HostMessage.newBuilder().setCancel(cancel).build();
  }

  static HostMessage answer(long hostCall) {
    HostResult result = HostResult.newBuilder().setId(hostCall).build();
    return HostMessage.newBuilder().setHostResult(result).build();
  }

  static HostMessage refusal(long hostCall, ErrorCode code, String message) {
    HostResult result =
        HostResult.newBuilder().setId(hostCall).setCode(code.name()).setMessage(message).build();
    return HostMessage.newBuilder().setHostResult(result).build();
  }

  static HostMessage ping(long sequence) {
    Ping ping = Ping.newBuilder().setSequence(sequence).build();
    return HostMessage.newBuilder().setPing(ping).build();
  }
}
