package io.snakepit.vertx;

import io.netty.util.ByteProcessor;
import org.jspecify.annotations.Nullable;

/**
 * Reader of what stands between the bytes of a chunked body: sizes with their extensions, line
 * ends, and the trailer. Takes nothing but the grammar, where readers differ in what they forgive.
 * Stops where a chunk's bytes begin, at the body's last byte, and at the first that is wrong.
 */
final class ChunkedBody implements ByteProcessor {
  private static final int MAX_DIGITS = 8;
  private static final String BAD_SIZE = "a chunk's size is not hexadecimal, or over its limit";

  /** Place of the next byte. */
  private enum Place {
    SIZE,
    EXTENSION_BEGIN,
    EXTENSION,
    QUOTED,
    ESCAPED,
    SIZE_LF,
    DATA_CR,
    DATA_LF,
    TRAILER_BEGIN,
    TRAILER_NAME,
    TRAILER_VALUE,
    TRAILER_LF,
    END_LF
  }

  private final int maxLine;
  private final int maxTrailer;
  private Place place = Place.SIZE;
  private int digits;
  private int length;
  private int lineSize;
  private int trailerSize;
  private boolean isWhole;
  private @Nullable String fault;

  /**
   * @param maxLine the most bytes of a size with its extensions
   * @param maxTrailer the most bytes of the trailer
   */
  ChunkedBody(int maxLine, int maxTrailer) {
    this.maxLine = maxLine;
    this.maxTrailer = maxTrailer;
  }

  /** Begins with the next body. */
  void reset() {
    nextChunk();
    trailerSize = 0;
    isWhole = false;
  }

  /** Returns whether the body has ended, and is right. */
  boolean isWhole() {
    return isWhole;
  }

  /** Returns how many bytes of a chunk follow where it has stopped. */
  int length() {
    return length;
  }

  /** Returns what is wrong. */
  @Nullable String fault() {
    return fault;
  }

  @Override
  public boolean process(byte b) {
    return switch (place) {
      case SIZE, EXTENSION_BEGIN, EXTENSION, QUOTED, ESCAPED, SIZE_LF -> inSize(b);
      case DATA_CR -> b == HttpBytes.CR ? at(Place.DATA_LF) : bad("a chunk has more than its size");
      case DATA_LF -> b == HttpBytes.LF ? nextChunk() : bad("a chunk has more than its size");
      default -> inTrailer(b);
    };
  }

  private boolean inSize(byte b) {
    if (++lineSize > maxLine) {
      return bad("the line of a chunk's size is over %d bytes".formatted(maxLine));
    }
    return switch (place) {
      case SIZE -> size(b);
      case EXTENSION_BEGIN -> HttpBytes.isToken(b) ? at(Place.EXTENSION) : badExtension();
      case EXTENSION -> extension(b);
      case QUOTED -> quoted(b);
      case ESCAPED -> HttpBytes.isText(b) ? at(Place.QUOTED) : badExtension();
      default -> b == HttpBytes.LF ? endSize() : bad("CR stands without LF");
    };
  }

  private boolean size(byte b) {
    int digit = Character.digit(b, 16);
    if (digit >= 0) {
      length = length * 16 + digit;
      return (++digits <= MAX_DIGITS && length >= 0) || bad(BAD_SIZE);
    }
    if (digits == 0) {
      return bad(BAD_SIZE);
    }
    return b == ';'
        ? at(Place.EXTENSION_BEGIN)
        : b == HttpBytes.CR ? at(Place.SIZE_LF) : bad(BAD_SIZE);
  }

  private boolean extension(byte b) {
    return switch (b) {
      case ';' -> at(Place.EXTENSION_BEGIN);
      case '"' -> at(Place.QUOTED);
      case HttpBytes.CR -> at(Place.SIZE_LF);
      default -> b == '=' || HttpBytes.isToken(b) || badExtension();
    };
  }

  private boolean quoted(byte b) {
    return switch (b) {
      case '"' -> at(Place.EXTENSION);
      case '\\' -> at(Place.ESCAPED);
      default -> HttpBytes.isText(b) || badExtension();
    };
  }

  private boolean endSize() {
    if (length == 0) {
      return at(Place.TRAILER_BEGIN);
    }
    place = Place.DATA_CR;
    return false;
  }

  private boolean nextChunk() {
    digits = 0;
    length = 0;
    lineSize = 0;
    return at(Place.SIZE);
  }

  private boolean inTrailer(byte b) {
    if (++trailerSize > maxTrailer) {
      return bad("the trailer is over %d bytes".formatted(maxTrailer));
    }
    return switch (place) {
      case TRAILER_BEGIN ->
          b == HttpBytes.CR
              ? at(Place.END_LF)
              : HttpBytes.isToken(b) ? at(Place.TRAILER_NAME) : badTrailer();
      case TRAILER_NAME ->
          b == ':' ? at(Place.TRAILER_VALUE) : HttpBytes.isToken(b) || badTrailer();
      case TRAILER_VALUE ->
          b == HttpBytes.CR ? at(Place.TRAILER_LF) : HttpBytes.isText(b) || badTrailer();
      case TRAILER_LF -> b == HttpBytes.LF ? at(Place.TRAILER_BEGIN) : badTrailer();
      default -> {
        isWhole = b == HttpBytes.LF || badTrailer();
        yield false;
      }
    };
  }

  private boolean at(Place next) {
    place = next;
    return true;
  }

  private boolean badExtension() {
    return bad("a chunk's extension is not valid");
  }

  private boolean badTrailer() {
    return bad("the trailer is not valid");
  }

  private boolean bad(String why) {
    fault = "the request is not valid HTTP/1.1: " + why;
    return false;
  }
}
