package io.snakepit.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.bridge.LinkEnd.Cause;
import io.snakepit.bridge.v1.Channel;
import io.snakepit.testing.FakeConnection;
import io.snakepit.testing.FakeWorker;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Tests that the promises to a listener hold although it, or its worker, misbehaves. */
class ListenerFaultTest {
  @RegisterExtension final OpenAcceptor acceptor = new OpenAcceptor();

  @Test
  void aListenerThatFailsLosesItsLinkAndHearsNoMessageTwice() throws Exception {
    RecordedLink listener =
        new RecordedLink() {
          @Override
          public void succeeded(long sequence, String type, Buffer body, long residentBytes)
              throws ProtocolException {
            super.succeeded(sequence, type, body, residentBytes);
            throw new IllegalStateException("a fault of ours");
          }
        };
    acceptor.expect("secret", listener);
    try (FakeWorker worker = acceptor.attach("secret")) {
      listener.nextLink();
      sendTwoResults(worker);
      assertThat(listener.next(RecordedLink.Succeeded.class).sequence()).isEqualTo(1);
      LinkEnd end = listener.nextEnd();
      assertThat(end.cause()).isEqualTo(Cause.CLOSED);
      assertThat(end.message()).contains("a fault of ours");
      assertThat(listener.hasHeardMore()).isFalse();
    }
  }

  @Test
  void aListenerThatRefusesAMessageEndsTheLink() throws Exception {
    RecordedLink listener =
        new RecordedLink() {
          @Override
          public void succeeded(long sequence, String type, Buffer body, long residentBytes)
              throws ProtocolException {
            throw new ProtocolException("not now");
          }
        };
    acceptor.expect("secret", listener);
    try (FakeWorker worker = acceptor.attach("secret")) {
      listener.nextLink();
      sendTwoResults(worker);
      assertThat(listener.nextEnd()).isEqualTo(new LinkEnd(Cause.PROTOCOL, "not now"));
    }
  }

  @Test
  void aListenerThatClosesItsLinkHearsNoFurtherMessageThatArrivedWithTheFirst() throws Exception {
    RecordedLink listener =
        new RecordedLink() {
          private WorkerLink link;

          @Override
          public void attached(WorkerLink opened) {
            link = opened;
            super.attached(opened);
          }

          @Override
          public void succeeded(long sequence, String type, Buffer body, long residentBytes)
              throws ProtocolException {
            super.succeeded(sequence, type, body, residentBytes);
            link.close();
          }
        };
    acceptor.expect("secret", listener);
    try (FakeWorker worker = acceptor.attach("secret")) {
      listener.nextLink();
      sendTwoResults(worker);
      listener.next(RecordedLink.Succeeded.class);
      assertThat(listener.nextEnd().cause()).isEqualTo(Cause.CLOSED);
      assertThat(listener.hasHeardMore()).isFalse();
    }
  }

  @Test
  void aWorkerThatSpeaksBeforeItIsAttachedIsCutOff() throws Exception {
    RecordedLink listener = acceptor.expect("secret");
    try (FakeConnection work = FakeWorker.open(acceptor.socket(), "secret", Channel.CHANNEL_WORK)) {
      work.send(FakeWorker.result(1));
      assertThat(listener.nextEnd())
          .isEqualTo(new LinkEnd(Cause.PROTOCOL, "RESULT came before both connections were open"));
    }
  }

  @Test
  void aWorkerThatLostItsFirstConnectionNeverAttaches() throws Exception {
    RecordedLink listener = acceptor.expect("secret");
    FakeWorker.open(acceptor.socket(), "secret", Channel.CHANNEL_WORK).close();
    assertThat(listener.nextEnd().cause()).isEqualTo(Cause.END_OF_FILE);
    try (FakeConnection late = FakeConnection.dial(acceptor.socket())) {
      late.send(FakeWorker.hello("secret", Channel.CHANNEL_CONTROL));
      assertThat(late.read().header().getRefusal().getMessage()).contains("unknown token");
    }
    assertThat(listener.hasHeardMore()).isFalse();
  }

  private static void sendTwoResults(FakeWorker worker) throws Exception {
    byte[] first = FakeConnection.frame(FakeWorker.result(1), new byte[5]);
    byte[] second = FakeConnection.frame(FakeWorker.result(2), new byte[5]);
    worker
        .work()
        .sendRaw(ByteBuffer.allocate(first.length + second.length).put(first).put(second).array());
  }
}
