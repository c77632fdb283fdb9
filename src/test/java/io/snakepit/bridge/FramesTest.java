package io.snakepit.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import io.snakepit.bridge.v1.HostMessage;
import io.snakepit.bridge.v1.Ping;
import io.snakepit.bridge.v1.Refusal;
import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;

class FramesTest {
  private static final HostMessage PING =
      HostMessage.newBuilder().setPing(Ping.newBuilder().setSequence(300)).build();

  @Test
  void writesTwoLengthsTheHeaderAndTheBody() throws InvalidProtocolBufferException {
    Buffer frame = Frames.head(PING, Buffer.buffer("body"));
    int header = PING.getSerializedSize();
    assertThat(frame.getInt(0)).isEqualTo(header);
    assertThat(frame.getInt(4)).isEqualTo(4);
    assertThat(HostMessage.parseFrom(frame.getBytes(8, 8 + header))).isEqualTo(PING);
    assertThat(frame.getString(8 + header, frame.length())).isEqualTo("body");
  }

  @Test
  void leavesOutABodyThatIsLargeAndSaysItsLength() {
    Buffer largest = Buffer.buffer(new byte[Frames.INLINE_BODY]);
    Buffer larger = Buffer.buffer(new byte[Frames.INLINE_BODY + 1]);
    int head = 8 + PING.getSerializedSize();
    assertThat(Frames.isInline(largest)).isTrue();
    assertThat(Frames.head(PING, largest).length()).isEqualTo(head + largest.length());
    assertThat(Frames.isInline(larger)).isFalse();
    assertThat(Frames.head(PING, larger).length()).isEqualTo(head);
    assertThat(Frames.head(PING, larger).getInt(4)).isEqualTo(larger.length());
  }

  @Test
  void doesNotTouchTheBodyThatItCopies() {
    Buffer body = Buffer.buffer("body");
    Frames.head(PING, body).setBytes(8, new byte[8]);
    assertThat(body).hasToString("body");
  }

  /** Fails if the host does not know what a worker accepts, or by one byte not. */
  @Test
  void makesNoHeaderThatAWorkerWouldNotAccept() {
    HostMessage longest = refusal(Protocol.MAX_HEADER_BYTES);
    assertThat(Frames.of(longest).length()).isEqualTo(8 + 64 * 1024);
    assertThatThrownBy(() -> Frames.of(refusal(Protocol.MAX_HEADER_BYTES + 1)))
        .isInstanceOf(FrameTooLargeException.class)
        .hasMessage("a header of 65537 bytes, where a worker takes 65536");
  }

  private static HostMessage refusal(int bytes) {
    String message = "x".repeat(bytes - 8);
    HostMessage made =
        HostMessage.newBuilder().setRefusal(Refusal.newBuilder().setMessage(message)).build();
    assertThat(made.getSerializedSize()).isEqualTo(bytes);
    return made;
  }

  @Test
  void aFrameWithoutABodySaysSo() {
    Buffer frame = Frames.of(PING);
    assertThat(frame.getInt(4)).isZero();
    assertThat(frame.length()).isEqualTo(8 + PING.getSerializedSize());
  }
}
