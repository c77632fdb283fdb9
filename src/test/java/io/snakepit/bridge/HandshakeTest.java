package io.snakepit.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.snakepit.bridge.v1.Channel;
import io.snakepit.bridge.v1.Hello;
import io.snakepit.testing.FakeWorker;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HandshakeTest {
  private static final long PID = 4711;

  private final Handshake<String> handshake = new Handshake<>();

  @BeforeEach
  void expectOne() {
    handshake.expect("secret", "the worker");
  }

  @Test
  void admitsBothChannelsInEitherOrder() throws ProtocolException {
    assertThat(handshake.admit(hello(Channel.CHANNEL_CONTROL), PID))
        .isEqualTo(new Handshake.Admission<>("the worker", Channel.CHANNEL_CONTROL, 1));
    assertThat(handshake.admit(hello(Channel.CHANNEL_WORK), PID))
        .isEqualTo(new Handshake.Admission<>("the worker", Channel.CHANNEL_WORK, 1));
    assertRefused(hello(Channel.CHANNEL_WORK), PID, "unknown token");
  }

  @Test
  void believesThePidWhereTheKernelTellsNone() throws ProtocolException {
    assertThat(handshake.admit(hello(Channel.CHANNEL_WORK), null).worker()).isEqualTo("the worker");
  }

  @Test
  void aRefusalDoesNotSpendTheToken() throws ProtocolException {
    assertRefused(hello(Channel.CHANNEL_WORK), PID + 1, "process 4711, but it is 4712");
    assertRefused(
        FakeWorker.hello("secret", Channel.CHANNEL_WORK, PID, 2, 2).getHello(), PID, "2 to 2");
    handshake.admit(hello(Channel.CHANNEL_WORK), PID);
    assertRefused(hello(Channel.CHANNEL_WORK), PID, "opens each channel once");
    handshake.admit(hello(Channel.CHANNEL_CONTROL), PID);
  }

  @Test
  void refusesAChannelThatDoesNotExist() {
    assertRefused(hello(Channel.CHANNEL_UNSPECIFIED), PID, "CHANNEL_UNSPECIFIED can't be opened");
    assertRefused(
        Hello.newBuilder(hello(Channel.CHANNEL_WORK)).setChannelValue(9).build(),
        PID,
        "UNRECOGNIZED can't be opened");
  }

  @Test
  void readsVersionsAsTheUnsignedNumbersTheyAre() throws ProtocolException {
    Hello modern = FakeWorker.hello("secret", Channel.CHANNEL_WORK, PID, 1, -1).getHello();
    assertThat(handshake.admit(modern, PID).protocol()).isEqualTo(1);
    Hello far = FakeWorker.hello("secret", Channel.CHANNEL_CONTROL, PID, -1, -1).getHello();
    assertRefused(far, PID, "4294967295 to 4294967295");
  }

  @Test
  void aForgottenTokenOpensNothing() throws ProtocolException {
    handshake.admit(hello(Channel.CHANNEL_WORK), PID);
    handshake.forget("secret");
    handshake.forget("never known");
    assertRefused(hello(Channel.CHANNEL_CONTROL), PID, "unknown token");
  }

  private void assertRefused(Hello hello, long pid, String why) {
    assertThatThrownBy(() -> handshake.admit(hello, pid))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining(why);
  }

  private static Hello hello(Channel channel) {
    return FakeWorker.hello("secret", channel, PID, 1, 1).getHello();
  }
}
