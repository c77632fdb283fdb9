package io.snakepit.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeeperFramesTest {
  private static final Buffer FIRST = frame("{\"event\":\"fallback\",\"reasons\":[\"a\"]}");
  private static final Buffer SECOND = frame("{\"event\":\"fallback\",\"reasons\":[\"b\"]}");

  private final KeeperFrames frames = new KeeperFrames();

  @Test
  void framesThatArriveTogetherComeInOrder() throws Exception {
    assertThat(frames.read(Buffer.buffer().appendBuffer(FIRST).appendBuffer(SECOND)))
        .containsExactly(
            new KeeperEvent.Fallback(List.of("a")), new KeeperEvent.Fallback(List.of("b")));
  }

  @Test
  void framesMayArriveByteByByte() throws Exception {
    Buffer both = Buffer.buffer().appendBuffer(FIRST).appendBuffer(SECOND);
    List<KeeperEvent> events = new ArrayList<>();
    for (int i = 0; i < both.length(); i++) {
      events.addAll(frames.read(both.getBuffer(i, i + 1)));
    }

    assertThat(events)
        .containsExactly(
            new KeeperEvent.Fallback(List.of("a")), new KeeperEvent.Fallback(List.of("b")));
  }

  @Test
  void peerThatIsNotAdmittedGetsLittleRoom() throws Exception {
    Buffer large = frame("{\"event\":\"fallback\",\"reasons\":[\"" + "x".repeat(20_000) + "\"]}");

    assertThatThrownBy(() -> frames.read(large))
        .isInstanceOf(KeeperProtocolException.class)
        .hasMessageContaining("where 16384 are allowed");

    KeeperFrames trusted = new KeeperFrames();
    trusted.trust();
    assertThat(trusted.read(large)).hasSize(1);
  }

  @Test
  void nobodyGetsMoreThanTheLimit() {
    frames.trust();

    assertThatThrownBy(() -> frames.read(Buffer.buffer().appendUnsignedInt(0xFFFF_FFFFL)))
        .hasMessage("a frame of 4294967295 bytes, where 1048576 are allowed");
  }

  private static Buffer frame(String body) {
    return Buffer.buffer().appendUnsignedInt(body.length()).appendString(body);
  }
}
