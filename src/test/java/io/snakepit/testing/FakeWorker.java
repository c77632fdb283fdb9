package io.snakepit.testing;

import com.google.protobuf.ByteString;
import io.snakepit.bridge.v1.Call;
import io.snakepit.bridge.v1.Channel;
import io.snakepit.bridge.v1.Hello;
import io.snakepit.bridge.v1.HostMessage;
import io.snakepit.bridge.v1.Result;
import io.snakepit.bridge.v1.WorkerMessage;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A worker without Python that speaks the frames of a real one over a real socket, when and as the
 * test says. All methods block.
 */
public final class FakeWorker implements FarWorker {
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

  /** Makes a proper introduction. */
  public static WorkerMessage hello(String token, Channel channel) {
    return hello(token, channel, ProcessHandle.current().pid(), 1, 1);
  }

  /** Makes an introduction of that process and those versions. */
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

  @Override
  public void say(WorkerMessage message, byte[] body) throws IOException {
    (isControl(message) ? control : work).send(message, body);
  }

  private static boolean isControl(WorkerMessage message) {
    return message.hasPong() || message.hasCameRound() || message.hasStandstill();
  }

  @Override
  public Heard hear() throws IOException {
    FakeConnection.HostFrame frame = work.read();
    return new Heard(frame.header(), frame.body());
  }

  @Override
  public HostMessage hearControl() throws IOException {
    return control.read().header();
  }

  @Override
  public void awaitEnd() throws IOException {
    if (work.readOrEnd() != null || control.readOrEnd() != null) {
      throw new IOException("the host said something before it closed the link");
    }
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

  /** Makes a result's header. */
  public static WorkerMessage result(long call) {
    return WorkerMessage.newBuilder().setResult(Result.newBuilder().setId(call)).build();
  }

  /** Returns the connection for calls. */
  public FakeConnection work() {
    return work;
  }

  /** Returns the connection for pings, cancels and the shutdown. */
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
