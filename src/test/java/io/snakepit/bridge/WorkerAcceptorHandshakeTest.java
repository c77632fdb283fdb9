package io.snakepit.bridge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.snakepit.bridge.v1.Channel;
import io.snakepit.bridge.v1.Pong;
import io.snakepit.bridge.v1.Welcome;
import io.snakepit.bridge.v1.WorkerMessage;
import io.snakepit.testing.FakeConnection;
import io.snakepit.testing.FakeWorker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests of which peers are admitted, and which are not (E3, E4). */
class WorkerAcceptorHandshakeTest {
  @RegisterExtension final OpenAcceptor acceptor = new OpenAcceptor();

  @RegisterExtension final OpenAcceptor impatient = new OpenAcceptor(true, Duration.ofMillis(50));

  @Test
  void attachesAWorkerOnceBothItsConnectionsAreOpen() throws Exception {
    RecordedLink listener = acceptor.expect("secret");
    try (FakeConnection work = FakeWorker.open(acceptor.socket(), "secret", Channel.CHANNEL_WORK)) {
      assertThat(work).isNotNull();
      assertThat(listener.hasHeardMore()).isFalse();
      try (FakeConnection control =
          FakeWorker.open(acceptor.socket(), "secret", Channel.CHANNEL_CONTROL)) {
        assertThat(control).isNotNull();
        assertThat(listener.nextLink()).isNotNull();
        assertThat(listener.hasHeardMore()).isFalse();
      }
    }
    assertThat(acceptor.refused()).isZero();
  }

  @Test
  void welcomesWithTheVersionAndTheLimits() throws Exception {
    acceptor.expect("secret");
    try (FakeConnection work = FakeConnection.dial(acceptor.socket())) {
      work.send(FakeWorker.hello("secret", Channel.CHANNEL_WORK));
      Welcome welcome = work.read().header().getWelcome();
      assertThat(welcome.getProtocol()).isEqualTo(1);
      assertThat(welcome.getMaxBodyBytes()).isEqualTo(OpenAcceptor.MAX_BODY);
      assertThat(welcome.getMaxFrameBytes()).isEqualTo(OpenAcceptor.MAX_BODY + 1024 * 1024);
    }
  }

  @Test
  void refusesAnUnknownToken() throws Exception {
    acceptor.expect("secret");
    assertRefused(FakeWorker.hello("guessed", Channel.CHANNEL_WORK), "unknown token");
  }

  @Test
  void refusesATokenThatWasForgotten() throws Exception {
    acceptor.expect("secret");
    acceptor.forget("secret");
    assertRefused(FakeWorker.hello("secret", Channel.CHANNEL_WORK), "unknown token");
  }

  @ParameterizedTest
  @EnumSource(
      value = Channel.class,
      names = {"CHANNEL_WORK", "CHANNEL_CONTROL"})
  void opensEachChannelOnceForAToken(Channel channel) throws Exception {
    RecordedLink listener = acceptor.expect("secret");
    try (FakeConnection first = FakeWorker.open(acceptor.socket(), "secret", channel)) {
      assertThat(first).isNotNull();
      assertRefused(
          FakeWorker.hello("secret", channel),
          channel + " can't be opened: a token opens each channel once");
      assertThat(listener.hasHeardMore()).isFalse();
    }
  }

  @Test
  void refusesATokenThatIsUsedUp() throws Exception {
    acceptor.expect("secret");
    try (FakeWorker worker = acceptor.attach("secret")) {
      assertThat(worker).isNotNull();
      assertRefused(FakeWorker.hello("secret", Channel.CHANNEL_WORK), "unknown token");
    }
  }

  /** Fails where the end of a connection leaves what its token may still open. */
  @ParameterizedTest
  @EnumSource(
      value = Channel.class,
      names = {"CHANNEL_WORK", "CHANNEL_CONTROL"})
  void refusesTheOtherChannelOfATokenWhoseFirstHasEnded(Channel channel) throws Exception {
    RecordedLink listener = acceptor.expect("secret");
    FakeWorker.open(acceptor.socket(), "secret", channel).close();
    assertThat(listener.nextEnd().cause()).isEqualTo(LinkEnd.Cause.END_OF_FILE);
    Channel other =
        channel == Channel.CHANNEL_WORK ? Channel.CHANNEL_CONTROL : Channel.CHANNEL_WORK;

    assertRefused(FakeWorker.hello("secret", other), "unknown token");
    assertThat(listener.hasHeardMore()).isFalse();
  }

  @Test
  void refusesAVersionItDoesNotSpeakAndNamesBothRanges() throws Exception {
    acceptor.expect("secret");
    long pid = ProcessHandle.current().pid();
    assertRefused(
        FakeWorker.hello("secret", Channel.CHANNEL_WORK, pid, 2, 7),
        "the worker speaks protocol versions 2 to 7, this host 1 to 1");
  }

  /** Needs the native transport: plain NIO tells nothing of its peer. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void refusesAProcessThatLiesAboutItsPid() throws Exception {
    assertThat(acceptor.vertx().isNativeTransportEnabled()).isTrue();
    acceptor.expect("secret");
    long pid = ProcessHandle.current().pid();
    assertRefused(
        FakeWorker.hello("secret", Channel.CHANNEL_WORK, 1, 1, 1),
        "the peer says that it is process 1, but it is " + pid);
  }

  @Test
  void refusesWhoSaysAnythingBeforeHello() throws Exception {
    assertRefused(FakeWorker.result(1), "the first message must be Hello: got RESULT");
    assertRefused(
        WorkerMessage.getDefaultInstance(), "the first message must be Hello: got KIND_NOT_SET");
  }

  @Test
  void refusesAHelloThatComesTogetherWithAWrongFirstMessage() throws Exception {
    RecordedLink listener = acceptor.expect("secret");
    byte[] wrong = FakeConnection.frame(pong(), new byte[0]);
    byte[] hello =
        FakeConnection.frame(FakeWorker.hello("secret", Channel.CHANNEL_WORK), new byte[0]);
    try (FakeConnection peer = FakeConnection.dial(acceptor.socket())) {
      peer.sendRaw(ByteBuffer.allocate(1000).put(wrong).put(hello).array());
      assertThat(peer.read().header().hasRefusal()).isTrue();
      assertClosed(peer);
    }
    assertThat(acceptor.refused()).isEqualTo(1);
    // The token was not spent on the connection that had been refused.
    try (FakeWorker worker = acceptor.attach("secret")) {
      assertThat(worker).isNotNull();
      listener.nextLink();
    }
  }

  @Test
  void refusesWhoSaysNothingInTime() throws Exception {
    try (FakeConnection silent = FakeConnection.dial(impatient.socket())) {
      assertThat(silent.read().header().getRefusal().getMessage())
          .isEqualTo("said no hello in time");
      assertClosed(silent);
      assertThat(impatient.refused()).isEqualTo(1);
    }
  }

  @Test
  void cutsOffForeignBytes() throws Exception {
    assertCutOff("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(UTF_8));
    assertCutOff(new byte[] {0x16, 0x03, 0x01, 0x02, 0, 1, 0, 1, (byte) 0xfc, 3, 3});
    assertCutOff(new byte[] {0, 0, 0, 3, 0, 0, 0, 0, (byte) 0xff, (byte) 0xff, (byte) 0xff});
  }

  @Test
  void cutsOffAPendingPeersOversizedFrameBeforeItIsRead() throws Exception {
    assertCutOff(ByteBuffer.allocate(8).putInt(20).putInt(16 * 1024).array());
    assertCutOff(ByteBuffer.allocate(8).putInt(64 * 1024 + 1).putInt(0).array());
    assertCutOff(ByteBuffer.allocate(8).putInt(-1).putInt(-1).array());
  }

  @Test
  void countsAFrameThatWasNotSentToItsEnd() throws Exception {
    try (FakeConnection peer = FakeConnection.dial(acceptor.socket())) {
      peer.sendRaw((byte) 0, (byte) 0, (byte) 0);
    }
    await().until(() -> acceptor.refused() == 1);
  }

  @Test
  void doesNotCountAConnectionThatSaidNothing() throws Exception {
    FakeConnection.dial(acceptor.socket()).close();
    // A later connection is served later: by now the first is over.
    acceptor.expect("secret");
    acceptor.attach("secret").close();
    assertThat(acceptor.refused()).isZero();
  }

  @Test
  void servesItsWorkersWhileItRefusesOthers() throws Exception {
    RecordedLink listener = acceptor.expect("secret");
    try (FakeWorker worker = acceptor.attach("secret")) {
      cutsOffForeignBytes();
      worker.answer(7, new byte[] {1, 2, 3});
      listener.nextLink();
      RecordedLink.Succeeded answer = listener.next(RecordedLink.Succeeded.class);
      assertThat(answer.sequence()).isEqualTo(7);
      assertThat(answer.body().getBytes()).containsExactly(1, 2, 3);
    }
  }

  private void assertRefused(WorkerMessage first, String why) throws Exception {
    long before = acceptor.refused();
    try (FakeConnection peer = FakeConnection.dial(acceptor.socket())) {
      peer.send(first);
      assertThat(peer.read().header().getRefusal().getMessage()).contains(why);
      assertClosed(peer);
    }
    assertThat(acceptor.refused()).isEqualTo(before + 1);
  }

  private void assertCutOff(byte... bytes) throws Exception {
    long before = acceptor.refused();
    try (FakeConnection peer = FakeConnection.dial(acceptor.socket())) {
      peer.sendRaw(bytes);
      assertClosed(peer);
    }
    await().until(() -> acceptor.refused() == before + 1);
  }

  private static void assertClosed(FakeConnection connection) {
    try {
      assertThat(connection.readOrEnd()).isNull();
    } catch (IOException reset) {
      assertThat(reset).hasMessageContaining("reset");
    }
  }

  private static WorkerMessage pong() {
    return WorkerMessage.newBuilder().setPong(Pong.getDefaultInstance()).build();
  }
}
