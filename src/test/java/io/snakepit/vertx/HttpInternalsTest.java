package io.snakepit.vertx;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.impl.HttpServerConnection;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HttpInternalsTest {
  private static final int BODY = 16_000_000;
  private static final int SECONDS = 30;

  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void closeVertx() throws Exception {
    vertx.close().await(SECONDS, TimeUnit.SECONDS);
  }

  @Test
  void connectionWaitsForItsTurnAfterEachRead() throws Exception {
    assertThat(mostReadsInATurn(HttpInternals::readInTurns)).isEqualTo(1);
  }

  /** Were it not so, there would be nothing to change. */
  @Test
  void connectionWouldReadOftenerOtherwise() throws Exception {
    assertThat(mostReadsInATurn(connection -> {})).isGreaterThan(1);
  }

  private int mostReadsInATurn(Consumer<HttpConnection> setting) throws Exception {
    Turns turns = new Turns();
    HttpServer server =
        vertx
            // Else a connection would be told of within its first turn, as it is not with ours.
            .createHttpServer(new HttpServerOptions().setHttp2ClearTextEnabled(false))
            .connectionHandler(
                connection -> {
                  setting.accept(connection);
                  ((HttpServerConnection) connection)
                      .channelHandlerContext()
                      .pipeline()
                      .addFirst(turns);
                })
            .requestHandler(request -> request.end().onSuccess(end -> request.response().end()))
            .listen(0, "localhost")
            .await(SECONDS, TimeUnit.SECONDS);
    try (Socket client = new Socket(InetAddress.getLoopbackAddress(), server.actualPort())) {
      OutputStream out = client.getOutputStream();
      String head = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + BODY + "\r\n\r\n";
      out.write(head.getBytes(StandardCharsets.US_ASCII));
      out.write(new byte[BODY]);
      assertThat(client.getInputStream().read()).as("an answer").isEqualTo('H');
    }
    return turns.most;
  }

  /** Counts reads between one end of a turn and the next. */
  private static final class Turns extends ChannelInboundHandlerAdapter {
    private int reads;
    private volatile int most;

    @Override
    public void channelRead(ChannelHandlerContext context, Object read) {
      reads++;
      most = Math.max(most, reads);
      context.fireChannelRead(read);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      reads = 0;
      context.fireChannelReadComplete();
    }
  }
}
