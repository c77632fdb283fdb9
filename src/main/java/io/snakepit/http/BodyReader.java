package io.snakepit.http;

import io.snakepit.api.ErrorCode;
import io.snakepit.api.SnakepitException;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of one request, up to a limit. A body that arrives in one piece, as most do, is
 * passed on without a copy; pieces are joined once, when all are there, so that a client can't make
 * the host set memory aside by merely announcing a large body.
 */
final class BodyReader {
  private static final Buffer EMPTY = Buffer.buffer();

  private final Exchange exchange;
  private final long limit;
  private final Handler<Buffer> whole;
  private @Nullable Buffer first;
  private @Nullable List<Buffer> more;
  private long length;

  private BodyReader(Exchange exchange, long limit, Handler<Buffer> whole) {
    this.exchange = exchange;
    this.limit = limit;
    this.whole = whole;
  }

  /**
   * Reads the body, or answers {@code PAYLOAD_TOO_LARGE}: before anything is read where the client
   * says how much it is, else as soon as it is too much.
   *
   * @param limit in bytes
   * @param whole gets the body, empty without one; what it throws is answered
   */
  static void read(Exchange exchange, long limit, Handler<Buffer> whole) {
    HttpServerRequest request = exchange.request();
    String declared = request.getHeader(Headers.CONTENT_LENGTH);
    if (declared != null && Long.parseLong(declared) > limit) {
      exchange.fail(tooLarge("the body has " + declared, limit));
      return;
    }
    if (expectsContinue(request)) {
      request.response().writeContinue();
    }
    exchange.visit().reading();
    BodyReader reader = new BodyReader(exchange, limit, whole);
    request.handler(reader::piece).endHandler(reader::end);
  }

  /** Whether a body follows the head. */
  static boolean hasBody(HttpServerRequest request) {
    String declared = request.getHeader(Headers.CONTENT_LENGTH);
    return declared == null
        ? request.headers().contains(Headers.TRANSFER_ENCODING)
        : !declared.equals("0");
  }

  /** Whether the rest of a body is sure to come and to be small. */
  static boolean isShort(HttpServerRequest request, long bytes) {
    String declared = request.getHeader(Headers.CONTENT_LENGTH);
    return declared != null && Long.parseLong(declared) <= bytes && !expectsContinue(request);
  }

  private static boolean expectsContinue(HttpServerRequest request) {
    String expected = request.getHeader(Headers.EXPECT);
    return expected != null && expected.equalsIgnoreCase("100-continue");
  }

  private void piece(Buffer piece) {
    exchange.visit().touch();
    length += piece.length();
    if (length > limit) {
      first = null;
      more = null;
      exchange.fail(tooLarge("the body has more than " + limit, limit));
    } else if (first == null) {
      first = piece;
    } else {
      if (more == null) {
        more = new ArrayList<>();
      }
      more.add(piece);
    }
  }

  private void end(Void ended) {
    exchange.visit().busy();
    try {
      whole.handle(join());
    } catch (RuntimeException e) {
      exchange.fail(e);
    }
  }

  private Buffer join() {
    Buffer start = first == null ? EMPTY : first;
    if (more == null) {
      return start;
    }
    Buffer joined = Buffer.buffer((int) length).appendBuffer(start);
    more.forEach(joined::appendBuffer);
    return joined;
  }

  private static SnakepitException tooLarge(String seen, long limit) {
    return new SnakepitException(
        ErrorCode.PAYLOAD_TOO_LARGE,
        "%s bytes: http.maxBodyBytes allows %d".formatted(seen, limit));
  }
}
