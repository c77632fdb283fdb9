package io.snakepit.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.snakepit.api.ErrorCode;
import io.snakepit.api.HostTools;
import io.snakepit.bridge.Intake;
import io.snakepit.bridge.ProtocolException;
import io.snakepit.testing.OnLoop;
import io.snakepit.testing.UnusedLink;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LargeMessagesTest {
  private final Vertx vertx = Vertx.vertx();
  private final Context loop = vertx.getOrCreateContext();
  private final List<String> heard = new ArrayList<>();
  private final Worker worker = new Worker("p-1", vertx, null, null);
  private final WorkerConversation conversation =
      new WorkerConversation(
          worker, listener(), "p", new HostCalls(vertx, new HostTools()), new PulseMeter());

  @AfterEach
  void close() {
    vertx.close().await();
  }

  /** Makes a listener that keeps the names of what it is told, and has every body read. */
  private WorkerListener listener() {
    return (WorkerListener)
        Proxy.newProxyInstance(
            WorkerListener.class.getClassLoader(),
            new Class<?>[] {WorkerListener.class},
            (proxy, method, args) -> {
              heard.add(method.getName());
              return method.getReturnType() == Intake.class ? Intake.READ : null;
            });
  }

  private static final class RefusingLink extends UnusedLink {
    @Override
    public Future<Void> refuse(long hostCall, ErrorCode code, String message) {
      return Future.succeededFuture();
    }
  }

  /** Fails where a worker that takes no calls yet has room kept for an answer. */
  @Test
  void nothingLargeHasAPlaceBeforeReady() {
    OnLoop.run(
        loop,
        () -> {
          worker.ordered(60_000);
          assertThatThrownBy(() -> conversation.announced(1, 100_000, false))
              .isInstanceOf(ProtocolException.class)
              .hasMessage("a large message came before Ready");
          assertThat(heard).isEmpty();
        });
  }

  /** Fails where large arguments of calls to the host stay counted as long as their worker. */
  @Test
  void whatACallToTheHostHasSentIsHandedOver() {
    OnLoop.run(
        loop,
        () -> {
          try {
            conversation.attached(new RefusingLink());
            conversation.calledHost(1, "missing", Buffer.buffer("{}"));
          } catch (ProtocolException e) {
            throw new IllegalStateException(e);
          }
          assertThat(heard).containsExactly("handedOver");
        });
  }
}
