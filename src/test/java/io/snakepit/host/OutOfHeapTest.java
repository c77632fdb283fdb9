package io.snakepit.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class OutOfHeapTest {
  private final AtomicInteger ended = new AtomicInteger();
  private final OutOfHeap outOfHeap = new OutOfHeap(ended::incrementAndGet);
  private final List<Throwable> told = new ArrayList<>();

  @Test
  void endsThePoolsAndTellsTheApplicationOnce() {
    outOfHeap.tell(told::add);
    OutOfMemoryError error = new OutOfMemoryError("Java heap space");
    assertThat(outOfHeap.refusal()).isNull();

    assertThat(outOfHeap.stopsFor(error)).isTrue();
    assertThat(outOfHeap.stopsFor(new OutOfMemoryError("again"))).isTrue();

    assertThat(ended).hasValue(1);
    assertThat(told).containsExactly(error);
    assertThat(outOfHeap.refusal().code()).isEqualTo(ErrorCode.INTERNAL);
    assertThat(outOfHeap.refusal()).hasMessageContaining("maxQueueBytes");
  }

  @Test
  void knowsItByItsCauses() {
    OutOfMemoryError error = new OutOfMemoryError("Cannot reserve 4194304 bytes");
    assertThat(outOfHeap.stopsFor(new CompletionException(new IllegalStateException(error))))
        .isTrue();
  }

  /** Fails where a refusal names the class of a library, such as that which counts buffers. */
  @Test
  void saysOfItWhatTheMemorySays() {
    OutOfMemoryError error = new OutOfMemoryError("failed to allocate 16777216 byte(s)");
    outOfHeap.stopsFor(new CompletionException(error));
    assertThat(outOfHeap.refusal())
        .hasMessageContaining("(failed to allocate 16777216 byte(s))")
        .hasMessageNotContaining("Error");
  }

  @Test
  void goesOnAfterAnythingElse() {
    Throwable loop = new IllegalStateException("one");
    loop.initCause(new IllegalStateException("two", loop));
    for (Throwable other :
        List.of(
            loop,
            new StackOverflowError(),
            new OutOfMemoryError("unable to create native thread: possibly out of memory"))) {
      assertThat(outOfHeap.stopsFor(other)).as(other.toString()).isFalse();
    }
    assertThat(ended).hasValue(0);
  }
}
