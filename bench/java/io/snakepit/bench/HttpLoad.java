package io.snakepit.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/**
 * The load generator for HTTP, in a process of its own: raw Netty on one thread, one request at a
 * time on each kept connection, its bytes made beforehand. It shares the machine with what it
 * measures, so it does next to nothing.
 *
 * <p>Each line of standard input is an order, {@code {"port","payload","inFlight","millis"}}, or
 * {@code {"port","chunks"}} for one stream; each is answered by a line with a {@link Sample} and
 * {@code cpuNanos}, or {@code {"error"}}. The end of the input is the end.
 */
public final class HttpLoad {
  private static final int LARGEST_READ = 256 * 1024;
  private static final int USUAL_READ = 2048;
  private static final int SMALLEST_READ = 512;

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(
          1, Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());

  private HttpLoad() {}

  /** Carries out orders until there are no more. */
  public static void main(String[] args) throws IOException, InterruptedException {
    HttpLoad load = new HttpLoad();
    BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    for (String line = orders.readLine(); line != null; line = orders.readLine()) {
      System.out.println(load.answer(new JsonObject(line)).encode());
    }
    load.loops.shutdownGracefully().await();
  }

  private JsonObject answer(JsonObject order) throws InterruptedException {
    try {
      long before = CpuMeter.ofThisProcess();
      Sample sample = order.containsKey("chunks") ? stream(order) : run(order);
      return sample.toJson().put("cpuNanos", CpuMeter.ofThisProcess() - before);
    } catch (ExecutionException | TimeoutException | RuntimeException e) {
      return new JsonObject().put("error", e.toString());
    }
  }

  private Sample run(JsonObject order)
      throws InterruptedException, ExecutionException, TimeoutException {
    int port = order.getInteger("port");
    ByteBuf request = request(port, Payloads.valueOf(order.getString("payload")));
    HttpRound round = new HttpRound(request, Duration.ofMillis(order.getLong("millis")));
    List<Channel> channels = new ArrayList<>();
    try {
      for (int i = 0; i < order.getInteger("inFlight"); i++) {
        channels.add(connect(port, round.newConnection()));
      }
      return round.run(channels);
    } finally {
      for (Channel channel : channels) {
        channel.close().sync();
      }
      request.release();
    }
  }

  private Sample stream(JsonObject order)
      throws InterruptedException, ExecutionException, TimeoutException {
    int port = order.getInteger("port");
    int chunks = order.getInteger("chunks");
    String body = "{\"n\":%d}".formatted(chunks);
    String head =
        "POST /v1/pools/default/tools/count HTTP/1.1\r\nHost: localhost:%d\r\nAccept: application/x-ndjson\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
            .formatted(port, body.length(), body);
    ByteBuf request = Unpooled.copiedBuffer(head, UTF_8);
    StreamRound round = new StreamRound(request, chunks);
    Channel channel = connect(port, round);
    try {
      return round.run(channel);
    } finally {
      channel.close().sync();
      request.release();
    }
  }

  private static ByteBuf request(int port, Payloads payload) {
    byte[] body = payload.bytes();
    String head =
        "POST /v1/pools/default/tools/%s HTTP/1.1\r\nHost: localhost:%d\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
            .formatted(payload.tool(), port, payload.contentType(), body.length);
    byte[] start = head.getBytes(UTF_8);
    return Unpooled.directBuffer(start.length + body.length).writeBytes(start).writeBytes(body);
  }

  private Channel connect(int port, ChannelHandler handler) throws InterruptedException {
    return new Bootstrap()
        .group(loops)
        .channel(Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class)
        .option(ChannelOption.TCP_NODELAY, true)
        .option(
            ChannelOption.RECVBUF_ALLOCATOR,
            new AdaptiveRecvByteBufAllocator(SMALLEST_READ, USUAL_READ, LARGEST_READ))
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                channel.pipeline().addLast(handler);
              }
            })
        .connect("127.0.0.1", port)
        .sync()
        .channel();
  }
}
