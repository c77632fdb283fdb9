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

  /** The most bytes that one character takes in UTF-8. */
  private static final int MOST_UTF8 = 4;

  private static final String CUT = "…";

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
        HostResult.newBuilder()
            .setId(hostCall)
            .setCode(code.name())
            .setMessage(cut(message))
            .build();
    return HostMessage.newBuilder().setHostResult(result).build();
  }

  /** Returns a text's start, as many whole code points as a header has room for. */
  private static String cut(String text) {
    if (text.length() <= Protocol.MAX_MESSAGE_BYTES / MOST_UTF8) {
      return text;
    }
    StringBuilder start = new StringBuilder();
    int bytes = CUT.length() * MOST_UTF8;
    for (int at = 0; at < text.length(); ) {
      int point = text.codePointAt(at);
      bytes += point < 0x80 ? 1 : MOST_UTF8;
      if (bytes > Protocol.MAX_MESSAGE_BYTES) {
        return start.append(CUT).toString();
      }
      start.appendCodePoint(point);
      at += Character.charCount(point);
    }
    return text;
  }

  static HostMessage ping(long sequence) {
    Ping ping = Ping.newBuilder().setSequence(sequence).build();
    return HostMessage.newBuilder().setPing(ping).build();
  }
}
