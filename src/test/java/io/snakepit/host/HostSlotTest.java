package io.snakepit.host;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.snakepit.testing.RunningSnakepit;
import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HostSlotTest {
  private final Vertx vertx = Vertx.vertx();
  private final HostSlot first = new HostSlot(vertx);
  private final HostSlot second = new HostSlot(vertx);

  @AfterEach
  void close() {
    RunningSnakepit.await(vertx.close());
  }

  @Test
  void thereIsRoomForOneHost() {
    first.take();
    assertThatThrownBy(second::take)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("this Vert.x has a Snakepit already")
        .hasMessageContaining("one instance")
        .hasMessageContaining("a Vert.x of its own");
  }

  @Test
  void theNextMayTakeWhatWasFreed() {
    first.take();
    first.free();
    assertThatCode(second::take).doesNotThrowAnyException();
  }

  @Test
  void nobodyFreesWhatIsAnothers() {
    first.take();
    second.free();
    assertThatThrownBy(second::take).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void eachVertxHasItsOwn() {
    first.take();
    Vertx other = Vertx.vertx();
    try {
      assertThatCode(new HostSlot(other)::take).doesNotThrowAnyException();
    } finally {
      RunningSnakepit.await(other.close());
    }
  }
}
