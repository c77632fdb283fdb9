package io.snakepit.testing;

import com.google.protobuf.ByteString;
import io.snakepit.bridge.v1.Call;
import io.snakepit.bridge.v1.Channel;
import io.snakepit.bridge.v1.Failure;
import io.snakepit.bridge.v1.Hello;
import io.snakepit.bridge.v1.HostCall;
import io.snakepit.bridge.v1.Ready;
import io.snakepit.bridge.v1.Result;
import io.snakepit.bridge.v1.WorkerMessage;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A worker without Python: it speaks the frames of a real one over a real socket, when and as the
 * test says. All methods block.
 */
public final class FakeWorker implements Closeable {
  private final FakeConnection work;
  private final FakeConnection control;

  private FakeWorker(FakeConnection work, FakeConnection control) {
    this.work = work;
    this.control = control;
  }

  /** Opens both connections and waits until the host has welcomed them. */
  public static FakeWorker attach(Path socket, String token) throws IOException {
    FakeConnection work = open(socket, token, Channel.CHANNEL_WORK);
    return new FakeWorker(work, open(socket, token, Channel.CHANNEL_CONTROL));
  }

  /** Opens one connection and waits for the welcome. */
  public static FakeConnection open(Path socket, String token, Channel channel) throws IOException {
    FakeConnection connection = FakeConnection.dial(socket);
    connection.send(hello(token, channel));
    if (!connection.read().header().hasWelcome()) {
      throw new IOException("the host did not welcome " + channel);
    }
    return connection;
  }

  /** A proper introduction. */
  public static WorkerMessage hello(String token, Channel channel) {
    return hello(token, channel, ProcessHandle.current().pid(), 1, 1);
  }

  /** An introduction of that process and those versions. */
  public static WorkerMessage hello(
      String token, Channel channel, long pid, int lowest, int highest) {
    Hello hello =
        Hello.newBuilder()
            .setTokenBytes(ByteString.copyFromUtf8(token))
            .setChannel(channel)
            .setPid(pid)
            .setMinProtocol(lowest)
            .setMaxProtocol(highest)
            .build();
    return WorkerMessage.newBuilder().setHello(hello).build();
  }

  /** Says that it is ready, with tools as the JSON array that describes them. */
  public void ready(String tools) throws IOException {
    work.send(
        WorkerMessage.newBuilder().setReady(Ready.getDefaultInstance()).build(),
        tools.getBytes(StandardCharsets.UTF_8));
  }

  /** Waits for the next message on the work connection, which must be a call. */
  public Call takeCall() throws IOException {
    FakeConnection.HostFrame frame = work.read();
    if (!frame.header().hasCall()) {
      throw new IOException("no call: " + frame.header());
    }
    return frame.header().getCall();
  }

  /** Answers a call with a result. */
  public void answer(long call, byte[] body) throws IOException {
    work.send(result(call), body);
  }

  /** A result's header. */
  public static WorkerMessage result(long call) {
    return WorkerMessage.newBuilder().setResult(Result.newBuilder().setId(call)).build();
  }

  /** Answers a call with an error. */
  public void fail(long call, String code, String message) throws IOException {
    Failure failure = Failure.newBuilder().setId(call).setCode(code).setMessage(message).build();
    work.send(WorkerMessage.newBuilder().setFailure(failure).build());
  }

  /** Calls a tool of the host's. */
  public void callHost(long id, String tool, byte[] arguments) throws IOException {
    HostCall call = HostCall.newBuilder().setId(id).setTool(tool).build();
    work.send(WorkerMessage.newBuilder().setHostCall(call).build(), arguments);
  }

  public FakeConnection work() {
    return work;
  }

  public FakeConnection control() {
    return control;
  }

  /** Ends both connections at once, as the end of a process does. */
  @Override
  public void close() throws IOException {
    work.close();
    control.close();
  }
}
