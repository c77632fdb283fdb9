package io.snakepit.http;

import io.snakepit.api.ErrorCode;
import io.snakepit.api.Faults;
import io.snakepit.api.SnakepitException;
import io.snakepit.api.waiting.ByteAccount;
import io.snakepit.api.waiting.ByteBudget;
import io.snakepit.api.waiting.ByteLease;
import io.snakepit.vertx.FramingFault;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reader of the body of one request, up to a limit. A body that arrives in one piece, as most do,
 * is passed on without a copy, and so are the pieces of a large one; see {@link BodyPieces}. A
 * client can't make the host set memory aside by merely announcing a large body.
 */
final class BodyReader {
  /** The setting that limits bodies which are read as a whole. */
  static final String MAX_BODY = "http.maxBodyBytes";

  /** The limit of bodies that the host reads itself, which no setting sets. */
  private static final String ORDER = "an order";

  /** The setting that limits bodies which pass as they come. */
  static final String MAX_UPLOAD = "http.maxUploadBytes";

  private final Exchange exchange;
  private final long limit;
  private final String setting;
  private final Taker taker;
  private @Nullable BodyPieces pieces = new BodyPieces();
  private @Nullable ByteLease lease;
  private @Nullable Throwable fault;
  private long received;

  /** Takes a body, and hears of it before that. What is thrown is answered. */
  interface Taker {
    /** Returns the account that counts what has arrived of a large body so far. */
    ByteAccount account();

    /** Returns whether the account is known already, before anything has arrived. */
    default boolean knowsAccount() {
      return true;
    }

    /** Tells of a piece that has arrived. */
    default void piece(Buffer piece) {}

    /**
     * Takes the body, empty without one.
     *
     * @param lease what a large one has taken of its account; null for a small one
     */
    void whole(Buffer body, @Nullable ByteLease lease);

    /** Answers that there is no room for the body, for that reason. */
    void saturated(String why);
  }

  private BodyReader(Exchange exchange, long limit, String setting, Taker taker) {
    this.exchange = exchange;
    this.limit = limit;
    this.setting = setting;
    this.taker = taker;
  }

  /**
   * Reads the body, or answers {@code PAYLOAD_TOO_LARGE}: before anything is read where the client
   * says how much it is, else as soon as it is too much. What has arrived of a large one is
   * counted, never what was merely announced: who announces much and sends little takes no room
   * from others. But a body that there would be no room for now is refused before it is read, or as
   * soon as it has said who is to count it.
   *
   * @param limit in bytes
   * @param taker gets the body
   */
  static void read(Exchange exchange, long limit, Taker taker) {
    read(exchange, limit, MAX_BODY, taker);
  }

  /** Reads a body that is small, as an order's is: one that is not is {@code PAYLOAD_TOO_LARGE}. */
  static void readSmall(Exchange exchange, Consumer<Buffer> whole) {
    read(exchange, ByteBudget.SMALL_BYTES, ORDER, new SmallBody(whole));
  }

  private static void read(Exchange exchange, long limit, String setting, Taker taker) {
    if (refuses(exchange, limit, setting)) {
      return;
    }
    long declared = declared(exchange.request());
    if (declared > ByteBudget.SMALL_BYTES
        && taker.knowsAccount()
        && !taker.account().hasRoom(declared)) {
      taker.saturated(taker.account().noRoomFor(declared));
      return;
    }
    exchange.askForBody();
    exchange.client().reading();
    BodyReader reader = new BodyReader(exchange, limit, setting, taker);
    exchange
        .request()
        .handler(reader::piece)
        .endHandler(reader::end)
        .exceptionHandler(reader::broken);
  }

  private static long declared(HttpServerRequest request) {
    String declared = request.getHeader(Headers.CONTENT_LENGTH);
    return declared == null ? 0 : Long.parseLong(declared);
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

  /** Returns whether the client waits to be asked for its body. */
  static boolean expectsContinue(HttpServerRequest request) {
    String expected = request.getHeader(Headers.EXPECT);
    return expected != null && expected.equalsIgnoreCase("100-continue");
  }

  private void piece(Buffer piece) {
    exchange.client().touch(piece.length());
    received += piece.length();
    BodyPieces read = pieces;
    if (read == null) {
      return;
    }
    read.add(piece);
    try {
      if (read.length() > limit) {
        throw tooLarge("the body has more than " + limit, limit, setting);
      }
      taker.piece(piece);
      if (read.length() > ByteBudget.SMALL_BYTES && !count(read.length(), piece.length())) {
        giveUp();
        taker.saturated(taker.account().noRoomFor(expected(read.length())));
      }
    } catch (Throwable thrown) {
      giveUp();
      if (isNearlyOver()) {
        fault = thrown;
      } else {
        exchange.fail(thrown);
      }
      Faults.throwIfFatal(thrown);
    }
  }

  /** Returns whether little is still to come, which is awaited so that the client may go on. */
  private boolean isNearlyOver() {
    long declared = declared(exchange.request());
    return declared > 0 && declared - received <= ByteBudget.SMALL_BYTES;
  }

  /** Returns how long the body will be, as far as anybody can tell. */
  private long expected(long length) {
    return Math.max(length, declared(exchange.request()));
  }

  /** Counts another piece; returns whether there was room. */
  private boolean count(long length, int piece) {
    ByteLease taken = lease;
    if (taken != null) {
      return taken.moveTo(taker.account()) && taken.grow(piece);
    }
    ByteAccount account = taker.account();
    ByteLease first = account.hasRoom(expected(length)) ? account.take(length) : null;
    lease = first;
    if (first != null) {
      exchange.client().whenGone(first::release);
    }
    return first != null;
  }

  private void giveUp() {
    pieces = null;
    ByteLease taken = lease;
    if (taken != null) {
      taken.release();
    }
  }

  private void end(Void ended) {
    exchange.client().busy();
    BodyPieces read = pieces;
    if (read == null) {
      if (fault != null) {
        exchange.fail(fault);
      }
      return;
    }
    // Whoever takes the body decides how long it stays.
    pieces = null;
    exchange.client().whenGone(null);
    try {
      taker.whole(read.join(), lease);
    } catch (Throwable thrown) {
      giveUp();
      exchange.fail(thrown);
      Faults.throwIfFatal(thrown);
    }
  }

  private void broken(Throwable why) {
    giveUp();
    refuseFraming(exchange, why);
  }

  /** Answers a body that is no clean HTTP/1.1, as the connection's last; else does nothing. */
  static void refuseFraming(Exchange exchange, Throwable why) {
    if (why instanceof FramingFault fault) {
      String reason = String.valueOf(fault.getMessage());
      exchange
          .scope()
          .refusals()
          .add("bytes from %s: %s".formatted(exchange.request().remoteAddress(), reason));
      exchange.closeAfterwards();
      exchange.abort(Problem.invalid(reason));
    }
  }

  static SnakepitException tooLarge(String seen, long limit, String setting) {
    return new SnakepitException(
        ErrorCode.PAYLOAD_TOO_LARGE, "%s bytes: %s allows %d".formatted(seen, setting, limit));
  }

  /** A taker of bodies that are too small to be counted. */
  private record SmallBody(Consumer<Buffer> reader) implements Taker {
    @Override
    public ByteAccount account() {
      throw new IllegalStateException("a small body is not counted");
    }

    @Override
    public void whole(Buffer body, @Nullable ByteLease none) {
      reader.accept(body);
    }

    @Override
    public void saturated(String why) {
      throw new IllegalStateException("a small body is not counted: " + why);
    }
  }
}
