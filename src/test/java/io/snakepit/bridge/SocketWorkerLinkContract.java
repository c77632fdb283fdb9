package io.snakepit.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.bridge.LinkEnd.Cause;
import io.snakepit.bridge.v1.CameRound;
import io.snakepit.bridge.v1.Channel;
import io.snakepit.bridge.v1.Pong;
import io.snakepit.bridge.v1.WorkerMessage;
import io.snakepit.testing.FakeWorker;
import io.snakepit.testing.FarWorker;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Further promises of a link over a worker's two sockets, whichever way sockets are served. */
abstract class SocketWorkerLinkContract extends LargeBodyLinkContract {
  private static final Buffer TEN_BYTES = Buffer.buffer(new byte[10]);

  @RegisterExtension final OpenAcceptor acceptor;

  private int attached;
  private FakeWorker last;

  SocketWorkerLinkContract(boolean nativeTransport) {
    this.acceptor = new OpenAcceptor(nativeTransport, Duration.ofMinutes(1));
  }

  @Override
  FarWorker attach(LinkListener heard) throws Exception {
    String token = "secret " + ++attached;
    acceptor.expect(token, heard);
    last = acceptor.attach(token);
    return last;
  }

  @Override
  void run(Runnable action) throws Exception {
    acceptor.run(action);
  }

  @Override
  void closeHost() throws Exception {
    assertThat(acceptor.socket()).exists();
    acceptor.close();
    assertThat(acceptor.socket()).doesNotExist();
    assertThat(acceptor.refused()).isZero();
  }

  @Test
  void cutsAWorkerOffForAMessageOnTheWrongConnection() throws Exception {
    last.control().send(FakeWorker.result(1));
    assertCutOff("RESULT has no place on CHANNEL_CONTROL");
  }

  @Test
  void cutsAWorkerOffForAPongOnTheWorkConnection() throws Exception {
    Pong pong = Pong.newBuilder().setSequence(1).build();
    last.work().send(WorkerMessage.newBuilder().setPong(pong).build());
    assertCutOff("PONG has no place on CHANNEL_WORK");
  }

  @Test
  void cutsAWorkerOffForWordOfItsLoopOnTheWorkConnection() throws Exception {
    last.work()
        .send(WorkerMessage.newBuilder().setCameRound(CameRound.getDefaultInstance()).build());
    assertCutOff("CAME_ROUND has no place on CHANNEL_WORK");
  }

  @Test
  void cutsAWorkerOffForASecondHello() throws Exception {
    last.work().send(FakeWorker.hello("secret", Channel.CHANNEL_WORK));
    assertCutOff("HELLO has no place on CHANNEL_WORK");
  }

  @Test
  void namesTheKindThatItDoesNotKnow() throws Exception {
    last.work().send(WorkerMessage.getDefaultInstance());
    assertCutOff("KIND_NOT_SET has no place on CHANNEL_WORK");
  }

  @Test
  void cutsAWorkerOffForAFrameBeyondTheLimit() throws Exception {
    last.work().sendRaw(new byte[] {0, 0, 0, 2, 0, 0x20, 0, 0});
    assertCutOff("a frame of 2097154 bytes, where 2097152 are allowed");
  }

  @Test
  void endsBothConnectionsWhenOneEnds() throws Exception {
    last.control().close();
    assertThat(listener().nextEnd().cause()).isEqualTo(Cause.END_OF_FILE);
    assertThat(last.work().readOrEnd()).isNull();
    assertThat(listener().hasHeardMore()).isFalse();
  }

  /** Is repeated, since the two connections of a process that died end in any order. */
  @RepeatedTest(20)
  void provesThatACallWasNotStartedWhenTheWorkerDiedWithItUnread() throws Exception {
    run(() -> link().call(call(7, TEN_BYTES)));
    last.close();
    assertThat(listener().nextEnd().cause()).isEqualTo(Cause.RESET);
  }

  @Test
  void provesThatACallWasNotStartedWhenItCouldNotBeWritten() throws Exception {
    // On the event loop, so that the call is written before the end of the worker is noticed.
    run(
        () -> {
          closeWorker();
          link().call(call(7, Buffer.buffer()));
        });
    assertThat(listener().nextEnd().cause()).isEqualTo(Cause.RESET);
  }

  @Test
  void takesAnUnreadMessageOnTheControlConnectionForNoProof() throws Exception {
    run(() -> link().call(call(7, TEN_BYTES)));
    last.hear();
    run(link()::shutdown);
    last.control().close();
    assertThat(listener().nextEnd().cause()).isEqualTo(Cause.END_OF_FILE);
  }

  private void closeWorker() {
    try {
      last.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void assertCutOff(String why) throws Exception {
    assertThat(listener().nextEnd()).isEqualTo(new LinkEnd(Cause.PROTOCOL, why));
    assertThat(listener().hasHeardMore()).isFalse();
  }
}
