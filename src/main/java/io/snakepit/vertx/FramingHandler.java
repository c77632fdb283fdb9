package io.snakepit.vertx;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpVersion;
import io.vertx.core.http.impl.headers.HeadersMultiMap;
import java.io.IOException;

/**
 * Handler that lets the bytes of a connection pass to the decoder as long as {@link RequestFraming}
 * finds them right. Of what is not, the decoder sees nothing: who stands behind it gets a request,
 * or the end of a body, that bears the {@link FramingFault}, in its turn. Nothing is read after it.
 */
final class FramingHandler extends ChannelInboundHandlerAdapter {
  private final String decoder;
  private final RequestFraming framing;
  private boolean refused;

  /**
   * @param decoder the name of the handler that decodes what passes
   */
  FramingHandler(String decoder, RequestFraming framing) {
    this.decoder = decoder;
    this.framing = framing;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (!(message instanceof ByteBuf bytes)) {
      context.fireChannelRead(message);
      return;
    }
    if (refused) {
      bytes.release();
      return;
    }
    int good = framing.read(bytes);
    String fault = framing.fault();
    if (fault == null) {
      context.fireChannelRead(bytes);
    } else {
      refused = true;
      refuse(context, bytes, good, new FramingFault(fault));
    }
  }

  /**
   * Ends a connection that has broken, which tells everybody who waits for it. Told of the fault
   * itself, Vert.x would stumble over a request that is being read behind one that is answered.
   */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof IOException) {
      context.close();
    } else {
      context.fireExceptionCaught(cause);
    }
  }

  private void refuse(ChannelHandlerContext context, ByteBuf bytes, int good, FramingFault fault) {
    int length = good - bytes.readerIndex();
    ByteBuf before = length > 0 ? bytes.readRetainedSlice(length) : Unpooled.EMPTY_BUFFER;
    bytes.release();
    if (before.isReadable()) {
      context.fireChannelRead(before);
    }
    HttpObject bad = framing.isBodyFault() ? badBody() : badRequest();
    bad.setDecoderResult(DecoderResult.failure(fault));
    context.pipeline().context(decoder).fireChannelRead(bad);
  }

  private static HttpObject badRequest() {
    return new DefaultHttpRequest(
        HttpVersion.HTTP_1_1, HttpMethod.GET, "/", HeadersMultiMap.httpHeaders());
  }

  private static HttpObject badBody() {
    return new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER);
  }
}
