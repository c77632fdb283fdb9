package io.snakepit.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.SnakepitException;
import io.snakepit.bus.PoolClient;
import io.snakepit.bus.PoolNames;
import io.snakepit.config.SnakepitOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CallRouterTest {
  private final Vertx vertx = Vertx.vertx();
  private final PoolNames names = new PoolNames(List.of("default"));
  private final CallRouter router =
      new CallRouter(
          vertx,
          names,
          new PoolDirectory(names),
          new PoolClient(vertx.eventBus(), () -> false),
          () -> {
            throw new IllegalStateException("io.netty.SomeClass said no");
          },
          new WaitingBytes(SnakepitOptions.fromJson(new JsonObject()), 1_000_000));

  @AfterEach
  void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  /** Fails where a caller is told what a library says to itself, which nobody logs. */
  @Test
  void aFaultOfTheHostIsNoneOfTheCallersBusiness() throws Exception {
    Call call = Call.of("echo").id("c-1");
    for (Future<?> outcome : List.of(router.execute(call), router.stream(call).end())) {
      Throwable failure =
          outcome
              .transform(ended -> Future.succeededFuture(ended.cause()))
              .toCompletionStage()
              .toCompletableFuture()
              .get(30, TimeUnit.SECONDS);
      assertThat(failure)
          .isInstanceOfSatisfying(
              SnakepitException.class,
              error -> {
                assertThat(error.code()).isEqualTo(ErrorCode.INTERNAL);
                assertThat(error.call()).isEqualTo("c-1");
                assertThat(error.detail()).isEqualTo("a fault of the host; its log tells more");
              });
    }
  }
}
