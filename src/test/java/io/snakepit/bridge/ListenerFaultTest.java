package io.snakepit.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.bridge.LinkEnd.Cause;
import io.snakepit.bridge.v1.Channel;
import io.snakepit.bridge.v1.WorkerMessage;
import io.snakepit.testing.FakeConnection;
import io.snakepit.testing.FakeWorker;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The promises to a listener hold although it, or its worker, misbehaves. */
class ListenerFaultTest {
  private OpenAcceptor door;

  @BeforeEach
  void open() throws Exception {
    door = new OpenAcceptor();
  }

  @AfterEach
  void close() throws Exception {
    door.close();
  }

  @Test
  void aListenerThatFailsLosesItsLinkAndHearsNoMessageTwice() throws Exception {
    OpenAcceptor.Listener listener =
        new OpenAcceptor.Listener() {
          @Override
          public void received(WorkerMessage message, Buffer body) throws ProtocolException {
            super.received(message, body);
            throw new IllegalStateException("a fault of ours");
          }
        };
    door.expect("secret", listener);
    try (FakeWorker worker = FakeWorker.attach(door.socket, "secret")) {
      listener.next("attached");
      sendTwoResults(worker);
      assertThat(listener.next("received").message().getResult().getId()).isEqualTo(1);
      LinkEnd end = listener.next("ended").end();
      assertThat(end.cause()).isEqualTo(Cause.CLOSED);
      assertThat(end.message()).contains("a fault of ours");
      assertThat(listener.hasHeardMore()).isFalse();
    }
  }

  @Test
  void aListenerThatRefusesAMessageEndsTheLink() throws Exception {
    OpenAcceptor.Listener listener =
        new OpenAcceptor.Listener() {
          @Override
          public void received(WorkerMessage message, Buffer body) throws ProtocolException {
            throw new ProtocolException("not now");
          }
        };
    door.expect("secret", listener);
    try (FakeWorker worker = FakeWorker.attach(door.socket, "secret")) {
      listener.next("attached");
      sendTwoResults(worker);
      assertThat(listener.next("ended").end()).isEqualTo(new LinkEnd(Cause.PROTOCOL, "not now"));
    }
  }

  @Test
  void aListenerThatClosesItsLinkHearsNoFurtherMessageThatArrivedWithTheFirst() throws Exception {
    OpenAcceptor.Listener listener =
        new OpenAcceptor.Listener() {
          private WorkerLink link;

          @Override
          public void attached(WorkerLink opened) {
            link = opened;
            super.attached(opened);
          }

          @Override
          public void received(WorkerMessage message, Buffer body) throws ProtocolException {
            super.received(message, body);
            link.close();
          }
        };
    door.expect("secret", listener);
    try (FakeWorker worker = FakeWorker.attach(door.socket, "secret")) {
      listener.next("attached");
      sendTwoResults(worker);
      listener.next("received");
      assertThat(listener.next("ended").end().cause()).isEqualTo(Cause.CLOSED);
      assertThat(listener.hasHeardMore()).isFalse();
    }
  }

  @Test
  void aWorkerThatSpeaksBeforeItIsAttachedIsCutOff() throws Exception {
    OpenAcceptor.Listener listener = door.expect("secret");
    try (FakeConnection work = FakeWorker.open(door.socket, "secret", Channel.CHANNEL_WORK)) {
      work.send(FakeWorker.result(1));
      assertThat(listener.next("ended").end())
          .isEqualTo(new LinkEnd(Cause.PROTOCOL, "RESULT came before both connections were open"));
    }
  }

  @Test
  void aWorkerThatLostItsFirstConnectionNeverAttaches() throws Exception {
    OpenAcceptor.Listener listener = door.expect("secret");
    FakeWorker.open(door.socket, "secret", Channel.CHANNEL_WORK).close();
    assertThat(listener.next("ended").end().cause()).isEqualTo(Cause.END_OF_FILE);
    try (FakeConnection late = FakeConnection.dial(door.socket)) {
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
