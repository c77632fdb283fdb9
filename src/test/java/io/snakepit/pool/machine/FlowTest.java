package io.snakepit.pool.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Credit of a stream, counted. */
class FlowTest {
  private static final int CHUNKS = 4;
  private static final long BYTES = 100;

  private final Flow flow = new Flow(CHUNKS, BYTES);

  private boolean admit(long bytes) {
    return flow.admit(bytes, 0);
  }

  private void take(int chunks, long bytes) {
    flow.taken(chunks, bytes, 0);
  }

  @Test
  void admitsAWindowOfChunksAndNoMore() {
    for (int i = 0; i < CHUNKS; i++) {
      assertThat(admit(1)).isTrue();
    }
    assertThat(admit(1)).isFalse();
    assertThat(flow.chunks).isEqualTo(CHUNKS);
  }

  @Test
  void admitsAWindowOfBytesAndNoMore() {
    assertThat(admit(60)).isTrue();
    assertThat(admit(41)).isFalse();
    assertThat(admit(40)).isTrue();
    assertThat(admit(1)).isFalse();
  }

  @Test
  void takingGivesNoRoomBeforeItIsGranted() {
    admit(BYTES);
    take(1, BYTES);
    assertThat(admit(1)).isFalse();
    flow.grant(7);
    assertThat(admit(1)).isTrue();
  }

  @Test
  void admitsAChunkBeyondTheWindowWhenNothingIsUnderWay() {
    admit(1);
    assertThat(admit(10 * BYTES)).isFalse();
    take(1, 1);
    flow.grant(7);
    assertThat(admit(10 * BYTES)).isTrue();
    assertThat(admit(0)).as("and nothing beside it").isFalse();
  }

  @Test
  void grantsInStepsOfHalfAWindow() {
    for (int i = 0; i < CHUNKS; i++) {
      admit(1);
    }
    take(1, 1);
    assertThat(flow.isGrantDue()).isFalse();
    take(1, 1);
    assertThat(flow.isGrantDue()).isTrue();
    assertThat(flow.grant(7)).isEqualTo(new PoolEffect.Grant("", 7, 2, 2));
    assertThat(flow.isGrantDue()).isFalse();
  }

  @Test
  void grantsEarlierByBytes() {
    admit(50);
    take(1, 50);
    assertThat(flow.isGrantDue()).isTrue();
  }

  /** Fails if a blocked worker waits for half a window: it may wait for the last byte of it. */
  @Test
  void grantsAtOnceToWhoIsBlockedUntilTheNextChunk() {
    admit(10);
    take(1, 10);
    assertThat(flow.isGrantDue()).isFalse();
    flow.block();
    assertThat(flow.isGrantDue()).isTrue();
    flow.grant(7);
    admit(BYTES);
    take(0, 0);
    assertThat(flow.isGrantDue()).isFalse();
    admit(0);
    take(1, 10);
    assertThat(flow.isGrantDue()).as("not blocked any more").isFalse();
  }

  /**
   * A worker that keeps to its credit is never refused, and always comes to send again once the
   * consumer takes what there is.
   */
  @Property
  void aWorkerThatKeepsToItsCreditIsNeverRefusedNorForgotten(
      @ForAll @Size(max = 60) List<@IntRange(min = 0, max = 250) Integer> sizes,
      @ForAll @IntRange(min = 1, max = 5) int windowChunks) {
    Flow some = new Flow(windowChunks, BYTES);
    int chunksLeft = windowChunks;
    long bytesLeft = BYTES;
    java.util.ArrayDeque<Integer> untaken = new java.util.ArrayDeque<>();
    for (int size : sizes) {
      while (chunksLeft == 0 || bytesLeft <= 0 || (size > bytesLeft && bytesLeft < BYTES)) {
        if (chunksLeft > 0 && bytesLeft > 0) {
          some.block();
        }
        if (!untaken.isEmpty()) {
          some.taken(1, untaken.remove(), 0);
        }
        assertThat(some.isGrantDue() || !untaken.isEmpty()).as("it goes on").isTrue();
        if (some.isGrantDue()) {
          PoolEffect.Grant grant = some.grant(1);
          chunksLeft += grant.chunks();
          bytesLeft += grant.bytes();
        }
      }
      assertThat(some.admit(size, 0)).isTrue();
      untaken.add(size);
      chunksLeft--;
      bytesLeft -= size;
    }
  }
}
