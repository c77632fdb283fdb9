package io.snakepit.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests of a keeper's connection that ends before anybody knows whose it is. */
class KeeperConnectionTest {
  private final List<String> socketCalls = new ArrayList<>();
  private Handler<Void> end = closing -> {};

  private final NetSocket socket =
      (NetSocket)
          Proxy.newProxyInstance(
              NetSocket.class.getClassLoader(),
              new Class<?>[] {NetSocket.class},
              (proxy, method, arguments) -> called(method.getName(), arguments));

  @SuppressWarnings("unchecked")
  private Object called(String method, Object[] arguments) {
    socketCalls.add(method);
    if (method.equals("closeHandler")) {
      end = (Handler<Void>) arguments[0];
    }
    return method.equals("close") ? Future.succeededFuture() : socket();
  }

  private NetSocket socket() {
    return socket;
  }

  /** A listener that notes the reasons for which its peer has left. */
  private static final class Left implements KeeperConnection.Listener {
    final List<String> reasons = new ArrayList<>();

    @Override
    public void said(KeeperEvent event) {}

    @Override
    public void left(String complaint) {
      reasons.add(complaint);
    }
  }

  @Test
  void whoeverAdmitsAPeerThatHasLeftHearsWhyAndReadsNothing() {
    KeeperConnection connection = new KeeperConnection(socket, new Left());
    connection.close("it says nonsense");
    connection.close("it is too late");
    end.handle(null);
    Left known = new Left();
    connection.admit(known);
    assertThat(known.reasons).containsExactly("it says nonsense");
    assertThat(socketCalls).doesNotContain("resume");
  }

  @Test
  void nothingIsSentToAPeerThatHasLeft() {
    KeeperConnection connection = new KeeperConnection(socket, new Left());
    end.handle(null);
    connection.send(Buffer.buffer("order"));
    assertThat(socketCalls).doesNotContain("write");
  }
}
