package io.snakepit.bench;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.HdrHistogram.Histogram;

/** One measurement of {@link HttpLoad}: all its connections are on one event loop. */
final class HttpRound {
  private static final long HIGHEST_NANOS = Duration.ofMinutes(1).toNanos();
  private static final int DIGITS = 3;
  private static final long PATIENCE_S = 60;

  private final ByteBuf request;
  private final long nanos;
  private final Histogram latencies = new Histogram(HIGHEST_NANOS, DIGITS);
  private final CompletableFuture<Sample> done = new CompletableFuture<>();
  private long start;
  private int running;

  HttpRound(ByteBuf request, Duration time) {
    this.request = request;
    this.nanos = time.toNanos();
  }

  Connection newConnection() {
    return new Connection();
  }

  /** Sends on all channels until the time is over, and waits for the last answers. */
  Sample run(List<Channel> channels)
      throws InterruptedException, ExecutionException, TimeoutException {
    channels.get(0).eventLoop().execute(() -> begin(channels));
    return done.get(TimeUnit.NANOSECONDS.toSeconds(nanos) + PATIENCE_S, TimeUnit.SECONDS);
  }

  private void begin(List<Channel> channels) {
    start = System.nanoTime();
    running = channels.size();
    channels.forEach(channel -> channel.pipeline().get(Connection.class).send());
  }

  /** Sends its next request when the one before is answered. */
  final class Connection extends ChannelInboundHandlerAdapter {
    private final ResponseScanner scanner = new ResponseScanner();
    private ChannelHandlerContext context;
    private long sent;

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
      context = added;
    }

    void send() {
      sent = System.nanoTime();
      context.writeAndFlush(request.retainedDuplicate(), context.voidPromise());
    }

    @Override
    public void channelRead(ChannelHandlerContext reading, Object message) {
      ByteBuf arrived = (ByteBuf) message;
      try {
        if (scanner.read(arrived)) {
          answered(System.nanoTime());
        }
      } catch (IllegalStateException unexpected) {
        done.completeExceptionally(unexpected);
      } finally {
        arrived.release();
      }
    }

    private void answered(long now) {
      latencies.recordValue(Math.min(now - sent, HIGHEST_NANOS));
      if (now - start < nanos) {
        send();
      } else if (--running == 0) {
        done.complete(Sample.of(latencies, now - start));
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext closed) {
      done.completeExceptionally(new IllegalStateException("the server closed a connection"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext failed, Throwable failure) {
      done.completeExceptionally(failure);
    }
  }
}
