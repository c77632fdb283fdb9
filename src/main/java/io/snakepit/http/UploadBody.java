package io.snakepit.http;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.streams.ReadStream;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request on its way to a tool that reads it as it comes. Nothing is read before the
 * call asks for it; then it is the client's turn, and ours again while the call wants no more.
 *
 * <p>Begins paused. Once the request is answered it tells nothing more, and asking it for more does
 * nothing.
 */
final class UploadBody implements ReadStream<Buffer> {
  private final Exchange exchange;
  private final HttpServerRequest request;
  private final long limit;
  private @Nullable Handler<Buffer> handler;
  private @Nullable Handler<Void> endHandler;
  private @Nullable Handler<Throwable> exceptionHandler;
  private boolean begun;
  private boolean over;
  private long demand;
  private long length;

  private UploadBody(Exchange exchange, long limit) {
    this.exchange = exchange;
    this.request = exchange.request();
    this.limit = limit;
  }

  /**
   * Opens the body of a request, or answers {@code PAYLOAD_TOO_LARGE} if the client says that it is
   * more than is allowed.
   *
   * @param limit in bytes; 0: none
   * @return null if it was answered
   */
  static @Nullable UploadBody open(Exchange exchange, long limit) {
    HttpServerRequest request = exchange.request();
    long allowed = limit == 0 ? Long.MAX_VALUE : limit;
    if (BodyReader.refuses(exchange, allowed, BodyReader.MAX_UPLOAD)) {
      return null;
    }
    UploadBody body = new UploadBody(exchange, allowed);
    request.pause().handler(body::piece).endHandler(body::ended).exceptionHandler(body::broken);
    exchange.uploads(body);
    return body;
  }

  /** Ends the reading: the call has no more to do with the body. */
  void letGo() {
    over = true;
  }

  private void piece(Buffer piece) {
    if (over) {
      return;
    }
    exchange.client().touch(piece.length());
    length += piece.length();
    if (length > limit) {
      refuse();
      return;
    }
    if (demand != Long.MAX_VALUE && --demand <= 0) {
      exchange.client().busy();
    }
    Handler<Buffer> to = handler;
    if (to != null) {
      to.handle(piece);
    }
  }

  private void refuse() {
    Throwable why =
        BodyReader.tooLarge("the body has more than " + limit, limit, BodyReader.MAX_UPLOAD);
    Handler<Throwable> to = exceptionHandler;
    exchange.abort(why);
    over = true;
    if (to != null) {
      to.handle(why);
    }
  }

  private void ended(Void end) {
    if (!over) {
      over = true;
      exchange.client().busy();
      Handler<Void> to = endHandler;
      if (to != null) {
        to.handle(null);
      }
    }
  }

  private void broken(Throwable why) {
    if (!over) {
      over = true;
      Handler<Throwable> to = exceptionHandler;
      // First: what comes of the call that is told of it would be the answer.
      BodyReader.refuseFraming(exchange, why);
      if (to != null) {
        to.handle(why);
      }
    }
  }

  @Override
  public UploadBody handler(@Nullable Handler<Buffer> wanted) {
    handler = wanted;
    return this;
  }

  @Override
  public UploadBody endHandler(@Nullable Handler<Void> wanted) {
    endHandler = wanted;
    return this;
  }

  @Override
  public UploadBody exceptionHandler(@Nullable Handler<Throwable> wanted) {
    exceptionHandler = wanted;
    return this;
  }

  @Override
  public UploadBody pause() {
    if (!over) {
      demand = 0;
      request.pause();
      exchange.client().busy();
    }
    return this;
  }

  @Override
  public UploadBody resume() {
    return fetch(Long.MAX_VALUE);
  }

  @Override
  public UploadBody fetch(long amount) {
    if (!over && amount > 0) {
      demand = demand + amount < 0 ? Long.MAX_VALUE : demand + amount;
      ask();
      request.fetch(amount);
    }
    return this;
  }

  private void ask() {
    if (begun) {
      exchange.client().readingOn();
      return;
    }
    begun = true;
    exchange.client().reading();
    exchange.askForBody();
  }
}
