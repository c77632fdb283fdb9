package io.snakepit.http;

import io.snakepit.api.ErrorCode;
import io.snakepit.api.SnakepitException;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/**
 * Reader of the body of one request, up to a limit. A body that arrives in one piece, as most do,
 * is passed on without a copy, and so are the pieces of a large one; see {@link BodyPieces}. A
 * client can't make the host set memory aside by merely announcing a large body.
 */
final class BodyReader {
  /** The setting that limits bodies which are read as a whole. */
  static final String MAX_BODY = "http.maxBodyBytes";

  /** The setting that limits bodies which pass as they come. */
  static final String MAX_UPLOAD = "http.maxUploadBytes";

  private final Exchange exchange;
  private final long limit;
  private final Handler<Buffer> whole;
  private @Nullable BodyPieces pieces = new BodyPieces();

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
    if (refuses(exchange, limit, MAX_BODY)) {
      return;
    }
    exchange.askForBody();
    exchange.client().reading();
    BodyReader reader = new BodyReader(exchange, limit, whole);
    exchange.request().handler(reader::piece).endHandler(reader::end);
  }

  /**
   * Answers {@code PAYLOAD_TOO_LARGE} if the client says that its body is larger than that.
   *
   * @param limit in bytes
   * @param setting that sets it
   */
  static boolean refuses(Exchange exchange, long limit, String setting) {
    String declared = exchange.header(Headers.CONTENT_LENGTH);
    if (declared == null || Long.parseLong(declared) <= limit) {
      return false;
    }
    exchange.fail(tooLarge("the body has " + declared, limit, setting));
    return true;
  }

  /** Returns whether a body follows the head. */
  static boolean hasBody(HttpServerRequest request) {
    String declared = request.getHeader(Headers.CONTENT_LENGTH);
    return declared == null
        ? request.headers().contains(Headers.TRANSFER_ENCODING)
        : !declared.equals("0");
  }

  /** Returns whether the rest of a body is sure to come and to be small. */
  static boolean isShort(HttpServerRequest request, long bytes) {
    String declared = request.getHeader(Headers.CONTENT_LENGTH);
    return declared != null && Long.parseLong(declared) <= bytes && !expectsContinue(request);
  }

  /** Returns whether the client waits to be asked for its body. */
  static boolean expectsContinue(HttpServerRequest request) {
    String expected = request.getHeader(Headers.EXPECT);
    return expected != null && expected.equalsIgnoreCase("100-continue");
  }

  private void piece(Buffer piece) {
    exchange.client().touch(piece.length());
    BodyPieces read = pieces;
    if (read == null) {
      return;
    }
    read.add(piece);
    if (read.length() > limit) {
      pieces = null;
      exchange.fail(tooLarge("the body has more than " + limit, limit, MAX_BODY));
    }
  }

  private void end(Void ended) {
    exchange.client().busy();
    BodyPieces read = pieces;
    if (read == null) {
      return;
    }
    try {
      whole.handle(read.join());
    } catch (RuntimeException e) {
      exchange.fail(e);
    }
  }

  static SnakepitException tooLarge(String seen, long limit, String setting) {
    return new SnakepitException(
        ErrorCode.PAYLOAD_TOO_LARGE, "%s bytes: %s allows %d".formatted(seen, setting, limit));
  }
}
