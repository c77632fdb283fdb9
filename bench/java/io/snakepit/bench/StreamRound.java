package io.snakepit.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One stream of NDJSON that {@link HttpLoad} reads as fast as it comes: its bytes are dropped, but
 * for the last ones, which must tell the right number of chunks.
 */
final class StreamRound extends ChannelInboundHandlerAdapter {
  private static final String END = "0\r\n\r\n";
  private static final int TAIL = 256;
  private static final long PATIENCE_S = 120;

  private final ByteBuf request;
  private final long chunks;
  private final byte[] tail = new byte[TAIL];
  private final CompletableFuture<Sample> done = new CompletableFuture<>();
  private long begun;

  StreamRound(ByteBuf request, long chunks) {
    this.request = request;
    this.chunks = chunks;
  }

  /** Asks for the stream and waits for its end. */
  Sample run(Channel channel) throws InterruptedException, ExecutionException, TimeoutException {
    begun = System.nanoTime();
    channel.writeAndFlush(request.retainedDuplicate());
    return done.get(PATIENCE_S, TimeUnit.SECONDS);
  }

  @Override
  public void channelRead(ChannelHandlerContext reading, Object message) {
    ByteBuf arrived = (ByteBuf) message;
    try {
      keepTail(arrived);
      String last = new String(tail, ISO_8859_1);
      if (last.endsWith(END)) {
        end(last, System.nanoTime());
      }
    } finally {
      arrived.release();
    }
  }

  private void keepTail(ByteBuf arrived) {
    int fresh = Math.min(TAIL, arrived.readableBytes());
    System.arraycopy(tail, fresh, tail, 0, TAIL - fresh);
    arrived.getBytes(arrived.writerIndex() - fresh, tail, TAIL - fresh, fresh);
  }

  private void end(String last, long now) {
    if (last.contains("\"chunks\":" + chunks + "}")) {
      done.complete(new Sample(chunks, now - begun, 0, 0));
    } else {
      done.completeExceptionally(new IllegalStateException("a stream ended with " + last));
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
