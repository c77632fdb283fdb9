package io.snakepit.host;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.snakepit.api.Call;
import io.snakepit.api.SnakepitException;
import io.snakepit.api.waiting.ByteAccount;
import io.snakepit.api.waiting.ByteBudget;
import io.snakepit.api.waiting.WaitingBody;
import io.snakepit.testing.RunningSnakepit;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LargeCallsTest {
  private static final int BYTES = 100_000;

  private final Vertx vertx = Vertx.vertx();
  private final LargeCalls large = new LargeCalls(vertx);
  private final ByteBudget budget = new ByteBudget(2 * BYTES, 1);
  private final ByteAccount bodies = budget.open("pools.default.maxQueueBytes");
  private final Call arguments = Call.of("tool").with("text", "x".repeat(BYTES));

  @AfterEach
  void close() {
    RunningSnakepit.await(vertx.close());
  }

  private static WaitingBody bodyOf(Future<Call> admitted) {
    Call call = RunningSnakepit.await(admitted);
    assertThat(LargeCalls.isUncounted(call)).isFalse();
    return requireNonNull(call.waiting());
  }

  @Test
  void argumentsCountWithTheBytesThatTheyAreWrittenAs() {
    assertThat(LargeCalls.isUncounted(arguments)).isTrue();
    WaitingBody body = bodyOf(large.admit(arguments, bodies));
    assertThat(body.length()).isEqualTo(BYTES + "{\"text\":\"\"}".length());
    assertThat(budget.counted()).isEqualTo(body.length());
    body.close();
    assertThat(budget.counted()).isZero();
  }

  @Test
  void bytesCountAsTheyAre() {
    Call call = Call.of("tool").body(Buffer.buffer(new byte[BYTES]), "a/b");
    WaitingBody body = bodyOf(large.admit(call, bodies));
    assertThat(budget.counted()).isEqualTo(BYTES);
    body.close();
    assertThat(budget.counted()).isZero();
  }

  @Test
  void whatThereIsNoRoomForIsRefusedAndNotCounted() {
    requireNonNull(bodies.take(BYTES + 1));
    Call refused = RunningSnakepit.await(large.admit(arguments, bodies));
    assertThat(refused.overBudget()).contains("pools.default.maxQueueBytes");
    assertThat(refused.waiting()).isNull();
    assertThat(budget.counted()).isEqualTo(BYTES + 1);
  }

  /** Fails where arguments that can't be written stay counted for ever. */
  @Test
  void whatCanNotBeWrittenIsGivenBack() {
    Call call = arguments.with("number", new UnwritableNumber());
    assertThatThrownBy(() -> RunningSnakepit.await(large.admit(call, bodies)))
        .cause()
        .isInstanceOf(SnakepitException.class)
        .hasMessage("args can't be written as JSON: it has no digits");
    assertThat(budget.counted()).isZero();
  }

  /** Fails where a host whose threads have ended keeps what it could not have written. */
  @Test
  void whatNobodyWritesAnyMoreIsGivenBack() {
    RunningSnakepit.await(vertx.close());
    assertThatThrownBy(() -> RunningSnakepit.await(large.admit(arguments, bodies)));
    assertThat(budget.counted()).isZero();
  }
}
