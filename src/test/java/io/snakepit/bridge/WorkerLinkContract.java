package io.snakepit.bridge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.bridge.LinkEnd.Cause;
import io.snakepit.bridge.v1.Call;
import io.snakepit.bridge.v1.Channel;
import io.snakepit.bridge.v1.HostResult;
import io.snakepit.bridge.v1.Pong;
import io.snakepit.bridge.v1.WorkerMessage;
import io.snakepit.testing.FakeConnection;
import io.snakepit.testing.FakeWorker;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** What an attached worker and the host hear of each other, whichever way sockets are served. */
abstract class WorkerLinkContract {
  private final boolean nativeTransport;
  private OpenAcceptor door;
  private OpenAcceptor.Listener listener;
  private FakeWorker worker;
  private WorkerLink link;

  WorkerLinkContract(boolean nativeTransport) {
    this.nativeTransport = nativeTransport;
  }

  @BeforeEach
  void attach() throws Exception {
    door = new OpenAcceptor(nativeTransport, Duration.ofMinutes(1));
    listener = door.expect("secret");
    worker = FakeWorker.attach(door.socket, "secret");
    link = listener.next("attached").link();
  }

  @AfterEach
  void close() throws Exception {
    worker.close();
    door.close();
  }

  @Test
  void carriesACallAndItsAnswer() throws Exception {
    call(7, "arguments".getBytes(UTF_8));
    FakeConnection.HostFrame call = worker.work().read();
    assertThat(call.header().getCall().getId()).isEqualTo(7);
    assertThat(call.body()).hasToString("arguments");

    worker.answer(7, "result".getBytes(UTF_8));
    OpenAcceptor.Heard answer = listener.next("received");
    assertThat(answer.message()).isEqualTo(FakeWorker.result(7));
    assertThat(answer.body()).hasToString("result");
  }

  @Test
  void carriesABodyTooLargeToBeCopied() throws Exception {
    byte[] body = new byte[OpenAcceptor.MAX_BODY];
    Arrays.fill(body, (byte) 'x');
    call(7, body);
    assertThat(worker.work().read().body()).isEqualTo(Buffer.buffer(body));
    worker.answer(7, body);
    assertThat(listener.next("received").body()).isEqualTo(Buffer.buffer(body));
  }

  /** Fails if a frame is written amid a body that the worker hasn't taken yet, or before it. */
  @Test
  void whatIsSentBehindALargeBodyWaitsItsTurn() throws Exception {
    byte[] large = new byte[OpenAcceptor.MAX_BODY];
    new java.util.Random(3).nextBytes(large);
    door.run(
        () -> {
          link.call(Call.newBuilder().setId(1).setTool("a").build(), Buffer.buffer(large));
          link.credit(1, 2, 3);
          link.part(1, Buffer.buffer(large), false);
          link.part(1, Buffer.buffer("end"), true);
        });
    FakeConnection.HostFrame call = worker.work().read();
    assertThat(call.header().getCall().getId()).isEqualTo(1);
    assertThat(call.body().getBytes()).isEqualTo(large);
    assertThat(worker.work().read().header().getCredit().getBytes()).isEqualTo(3);
    assertThat(worker.work().read().body().getBytes()).isEqualTo(large);
    FakeConnection.HostFrame last = worker.work().read();
    assertThat(last.header().getPart().getLast()).isTrue();
    assertThat(last.body().toString()).isEqualTo("end");
  }

  @Test
  void carriesTheHostsAnswerAndTheOrderToEnd() throws Exception {
    HostResult result = HostResult.newBuilder().setId(3).build();
    door.run(() -> link.answer(result, Buffer.buffer("true")));
    FakeConnection.HostFrame answer = worker.work().read();
    assertThat(answer.header().getHostResult()).isEqualTo(result);
    assertThat(answer.body()).hasToString("true");

    door.run(link::shutdown);
    assertThat(worker.control().read().header().hasShutdown()).isTrue();
  }

  @Test
  void hearsPongsOnTheControlConnection() throws Exception {
    worker.control().send(pong(5));
    assertThat(listener.next("received").message()).isEqualTo(pong(5));
  }

  @Test
  void cutsAWorkerOffForAMessageOnTheWrongConnection() throws Exception {
    worker.control().send(FakeWorker.result(1));
    assertCutOff("RESULT has no place on CHANNEL_CONTROL");
  }

  @Test
  void cutsAWorkerOffForAPongOnTheWorkConnection() throws Exception {
    worker.work().send(pong(1));
    assertCutOff("PONG has no place on CHANNEL_WORK");
  }

  @Test
  void cutsAWorkerOffForASecondHello() throws Exception {
    worker.work().send(FakeWorker.hello("secret", Channel.CHANNEL_WORK));
    assertCutOff("HELLO has no place on CHANNEL_WORK");
  }

  @Test
  void cutsAWorkerOffForAMessageOfNoKnownKind() throws Exception {
    worker.work().send(WorkerMessage.getDefaultInstance());
    assertCutOff("KIND_NOT_SET has no place on CHANNEL_WORK");
  }

  @Test
  void cutsAWorkerOffForAFrameBeyondTheLimit() throws Exception {
    worker.work().sendRaw(new byte[] {0, 0, 0, 2, 0, 0x20, 0, 0});
    assertCutOff("a frame of 2097154 bytes, where 2097152 are allowed");
  }

  @Test
  void tellsThatAWorkerClosedItsConnections() throws Exception {
    worker.close();
    assertThat(listener.next("ended").end().cause()).isEqualTo(Cause.END_OF_FILE);
  }

  @Test
  void endsBothConnectionsWhenOneEnds() throws Exception {
    worker.control().close();
    assertThat(listener.next("ended").end().cause()).isEqualTo(Cause.END_OF_FILE);
    assertThat(worker.work().readOrEnd()).isNull();
    assertThat(listener.hasHeardMore()).isFalse();
  }

  @Test
  void tellsThatAWorkerDiedAmidACallThatItHadRead() throws Exception {
    call(7, new byte[10]);
    worker.takeCall();
    worker.close();
    assertThat(listener.next("ended").end().cause()).isEqualTo(Cause.END_OF_FILE);
  }

  /** Repeated, since the two connections of a process that died end in any order. */
  @RepeatedTest(20)
  void provesThatACallWasNotStartedWhenTheWorkerDiedWithItUnread() throws Exception {
    call(7, new byte[10]);
    worker.close();
    assertThat(listener.next("ended").end().cause()).isEqualTo(Cause.RESET);
  }

  @Test
  void provesThatACallWasNotStartedWhenItCouldNotBeWritten() throws Exception {
    Call call = Call.newBuilder().setId(7).setTool("echo").build();
    // On the event loop, so that the call is written before the end of the worker is noticed.
    door.run(
        () -> {
          closeWorker();
          link.call(call, Buffer.buffer());
        });
    assertThat(listener.next("ended").end().cause()).isEqualTo(Cause.RESET);
  }

  @Test
  void takesAnUnreadMessageOnTheControlConnectionForNoProof() throws Exception {
    call(7, new byte[10]);
    worker.takeCall();
    door.run(link::shutdown);
    worker.control().close();
    assertThat(listener.next("ended").end().cause()).isEqualTo(Cause.END_OF_FILE);
  }

  @Test
  void takesAnUnreadAnswerOfTheHostForNoProof() throws Exception {
    call(7, new byte[10]);
    worker.takeCall();
    door.run(() -> link.answer(HostResult.newBuilder().setId(1).build(), Buffer.buffer("1")));
    worker.close();
    assertThat(listener.next("ended").end().cause()).isEqualTo(Cause.END_OF_FILE);
  }

  @Test
  void ignoresWhatIsSentAfterTheEnd() throws Exception {
    worker.close();
    listener.next("ended");
    call(8, new byte[0]);
    door.run(link::shutdown);
    door.run(link::close);
    assertThat(listener.hasHeardMore()).isFalse();
  }

  @Test
  void closesBothConnectionsOfALink() throws Exception {
    door.run(link::close);
    assertThat(listener.next("ended").end().cause()).isEqualTo(Cause.CLOSED);
    assertThat(worker.work().readOrEnd()).isNull();
    assertThat(worker.control().readOrEnd()).isNull();
  }

  @Test
  void closesEveryLinkWithTheDoorAndRemovesTheSocket() throws Exception {
    assertThat(door.socket).exists();
    door.closeDoor();
    assertThat(listener.next("ended").end().cause()).isEqualTo(Cause.CLOSED);
    assertThat(worker.work().readOrEnd()).isNull();
    assertThat(Files.exists(door.socket)).isFalse();
    assertThat(door.refused()).isZero();
  }

  private void call(long id, byte[] body) throws Exception {
    Call call = Call.newBuilder().setId(id).setTool("echo").build();
    door.run(() -> link.call(call, Buffer.buffer(body)));
  }

  private void closeWorker() {
    try {
      worker.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void assertCutOff(String why) throws Exception {
    assertThat(listener.next("ended").end()).isEqualTo(new LinkEnd(Cause.PROTOCOL, why));
    assertThat(listener.hasHeardMore()).isFalse();
  }

  private static WorkerMessage pong(long sequence) {
    return WorkerMessage.newBuilder().setPong(Pong.newBuilder().setSequence(sequence)).build();
  }
}
