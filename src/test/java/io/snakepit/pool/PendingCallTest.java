package io.snakepit.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.SnakepitException;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests that what a caller's handler throws is the caller's affair: the pool goes on. */
class PendingCallTest {
  private final Vertx vertx = Vertx.vertx();
  private final Context home = vertx.getOrCreateContext();
  private final List<Throwable> reported = new ArrayList<>();
  private final PendingCall pending = new PendingCall(Call.of("tool"), "c1", 0, home);

  @AfterEach
  void close() {
    vertx.close().await();
  }

  /** Hears what the pool's own context is told, which is a fault of the pool's alone. */
  @BeforeEach
  void listen() {
    home.exceptionHandler(reported::add);
  }

  @Test
  void aHandlerThatThrowsAtAResult() {
    pending.future().onSuccess(result -> fault());
    pending.succeed("", Buffer.buffer("1"), "p-1", 1);
    assertThat(pending.future().isComplete()).isTrue();
    assertThat(reported).isEmpty();
  }

  @Test
  void aHandlerThatThrowsAtAFailure() {
    pending.future().onFailure(failure -> fault());
    pending.fail(new SnakepitException(ErrorCode.CANCELLED, "as asked"));
    assertThat(pending.future().isComplete()).isTrue();
    assertThat(reported).isEmpty();
  }

  /** Fails if it is taken for the caller's affair, too: the host must end then. */
  @Test
  void anErrorOfTheJvmIsNot() {
    OutOfMemoryError none = new OutOfMemoryError("Java heap space");
    pending
        .future()
        .onSuccess(
            result -> {
              throw none;
            });
    assertThatThrownBy(() -> pending.succeed("", Buffer.buffer("1"), "p-1", 1)).isSameAs(none);
    assertThat(reported).isEmpty();
  }

  private static void fault() {
    throw new IllegalStateException("a fault of the caller's");
  }
}
