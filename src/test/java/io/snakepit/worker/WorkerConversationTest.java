package io.snakepit.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.snakepit.bridge.LinkListener;
import io.snakepit.bridge.ProtocolException;
import io.snakepit.testing.ManualTimers;
import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests of what a worker may say at which point of its life. */
class WorkerConversationTest {
  private static final Buffer NO_TOOLS = Buffer.buffer("[]");

  private final ManualTimers timers = new ManualTimers();
  private final RecordedHome home = new RecordedHome();
  private final Worker worker = new Worker("main-1", timers.vertx(), home, home.listener());
  private final LinkListener conversation = worker.linkListener();

  @BeforeEach
  void order() {
    worker.ordered(1_000);
    conversation.attached(home.link());
  }

  @Test
  void becomesReadyOnce() throws Exception {
    conversation.ready(NO_TOOLS);
    assertThat(home.taken()).containsExactly("ready with 0 tools");
    assertThatThrownBy(() -> conversation.ready(NO_TOOLS))
        .isInstanceOf(ProtocolException.class)
        .hasMessage("Ready has no place in a worker that is READY");
  }

  /** Fails if a stop that crosses a worker's Ready is taken for a fault, or undone. */
  @Test
  void readyOfOneThatIsEndingIsTooLate() throws Exception {
    worker.stop(300);
    assertThat(home.taken()).containsExactly("shutdown");
    conversation.ready(NO_TOOLS);
    assertThat(home.taken()).isEmpty();
    assertThat(worker.life()).isEqualTo(WorkerLife.ENDING);
  }

  @Test
  void readyNeedsAListOfTools() {
    for (String tools : new String[] {"{}", "[1]", "["}) {
      assertThatThrownBy(() -> conversation.ready(Buffer.buffer(tools)))
          .isInstanceOf(ProtocolException.class)
          .hasMessageStartingWith("Ready without a list of tools");
    }
  }

  @Test
  void answersNothingBeforeItIsReady() {
    assertThatThrownBy(() -> conversation.blocked(1))
        .isInstanceOf(ProtocolException.class)
        .hasMessage("BLOCKED came before Ready");
  }

  @Test
  void mayAnswerWhileItIsEnding() throws Exception {
    conversation.ready(NO_TOOLS);
    worker.stop(300);
    home.taken();
    conversation.succeeded(7, "", Buffer.buffer("1"), 0);
    assertThat(home.taken()).containsExactly("succeeded 7");
  }
}
