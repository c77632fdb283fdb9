package io.snakepit.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class ProtocolTest {
  private static final long HIGHEST_UINT32 = 0xffffffffL;

  @Property
  void agreesOnTheHighestVersionOfBothRangesOrNamesThem(
      @ForAll @LongRange(max = HIGHEST_UINT32) long lowest,
      @ForAll @LongRange(max = HIGHEST_UINT32) long highest)
      throws ProtocolException {
    boolean overlap = lowest <= highest && lowest <= Protocol.HIGHEST && highest >= Protocol.LOWEST;
    if (overlap) {
      assertThat(Protocol.agree(lowest, highest)).isEqualTo(Protocol.HIGHEST);
    } else {
      assertThatThrownBy(() -> Protocol.agree(lowest, highest))
          .isInstanceOf(ProtocolException.class)
          .hasMessageContaining(lowest + " to " + highest)
          .hasMessageContaining(Protocol.LOWEST + " to " + Protocol.HIGHEST);
    }
  }

  @Test
  void agreesWithOlderAndNewerPeersThatStillKnowOurVersion() throws ProtocolException {
    assertThat(Protocol.agree(1, 1)).isEqualTo(1);
    assertThat(Protocol.agree(0, 9)).isEqualTo(1);
    assertThat(Protocol.agree(1, HIGHEST_UINT32)).isEqualTo(1);
  }

  @Test
  void refusesARangeThatIsUpsideDown() {
    assertThatThrownBy(() -> Protocol.agree(2, 1)).isInstanceOf(ProtocolException.class);
  }
}
