package io.snakepit.vertx;

import io.netty.util.ByteProcessor;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reader of the heads of requests, byte by byte, that takes nothing but the grammar: one space
 * between the parts of the first line, CR LF behind each line, no space before a colon, no line
 * that goes on in the next, no control characters. Stops at a head's last byte, and at its first
 * that is wrong.
 */
final class RequestHead implements ByteProcessor {
  private static final byte[] VERSION_TEXT = "HTTP/1.".getBytes(StandardCharsets.US_ASCII);
  private static final String BAD_LINE = "its first line is not \"METHOD target HTTP/1.1\"";

  /** Place of the next byte, in the order in which they come. */
  private enum Place {
    START,
    START_LF,
    METHOD,
    TARGET,
    VERSION,
    LINE_LF,
    NAME_BEGIN,
    NAME,
    VALUE_BEGIN,
    VALUE,
    VALUE_LF,
    HEAD_LF
  }

  private final int maxLine;
  private final int maxHeaders;
  private final HeadFields fields = new HeadFields();
  private final byte[] name = new byte[HeadField.MAX_LENGTH];
  private final StringBuilder url = new StringBuilder();
  private Place place = Place.START;
  private String method = "";
  private int size;
  private int nameLength;
  private int targetLength;
  private int versionLength;
  private boolean isPastLine;
  private boolean isPath;
  private boolean isOld;
  private boolean isKept;
  private boolean isWhole;
  private @Nullable HeadField field;
  private @Nullable String fault;

  /**
   * @param maxLine the most bytes of the first line
   * @param maxHeaders the most bytes of all headers
   */
  RequestHead(int maxLine, int maxHeaders) {
    this.maxLine = maxLine;
    this.maxHeaders = maxHeaders;
  }

  /** Returns whether nothing of a head has come yet. */
  boolean isBlank() {
    return place == Place.START && size == 0;
  }

  /** Returns whether the head has ended, and is right. */
  boolean isWhole() {
    return isWhole;
  }

  /** Returns what is wrong. */
  @Nullable String fault() {
    return fault;
  }

  HeadFields fields() {
    return fields;
  }

  /** Begins with the next head. */
  void reset() {
    fields.reset();
    place = Place.START;
    size = 0;
    targetLength = 0;
    url.setLength(0);
    versionLength = 0;
    isWhole = false;
    isPastLine = false;
  }

  @Override
  public boolean process(byte b) {
    size++;
    if (place == Place.VALUE && !isKept && size <= maxHeaders && HttpBytes.isText(b)) {
      return true;
    }
    return isPastLine ? inHeaders(b) : inLine(b);
  }

  private boolean inLine(byte b) {
    if (size > maxLine) {
      return refuse("the request's first line is over %d bytes".formatted(maxLine));
    }
    return switch (place) {
      case START -> start(b);
      case START_LF -> b == HttpBytes.LF ? at(Place.START) : bad(BAD_LINE);
      case METHOD -> method(b);
      case TARGET -> target(b);
      case VERSION -> version(b);
      default -> b == HttpBytes.LF ? endLine() : bad("CR stands without LF");
    };
  }

  private boolean start(byte b) {
    // Empty lines before a request are passed over, as clients have sent them behind a body.
    if (b == HttpBytes.CR) {
      return at(Place.START_LF);
    }
    nameLength = 0;
    place = Place.METHOD;
    return HttpBytes.isToken(b) ? keepName(b) : bad(BAD_LINE);
  }

  private boolean method(byte b) {
    if (b == HttpBytes.SPACE) {
      int length = Math.min(nameLength, name.length);
      method = new String(name, 0, length, StandardCharsets.US_ASCII);
      return at(Place.TARGET);
    }
    return HttpBytes.isToken(b) ? keepName(b) : bad(BAD_LINE);
  }

  private boolean target(byte b) {
    if (b == HttpBytes.SPACE && targetLength > 0) {
      return at(Place.VERSION);
    }
    if (!HttpBytes.isTarget(b)) {
      return bad("its target has a character that must be percent-encoded");
    }
    if (targetLength == 0) {
      isPath = b == '/';
    }
    if (!isPath) {
      url.append((char) b);
    }
    targetLength++;
    return true;
  }

  private boolean version(byte b) {
    int index = versionLength++;
    if (index < VERSION_TEXT.length) {
      return VERSION_TEXT[index] == b || bad(BAD_LINE);
    }
    if (index == VERSION_TEXT.length) {
      isOld = b == '0';
      return isOld || b == '1' || bad(BAD_LINE);
    }
    return b == HttpBytes.CR ? at(Place.LINE_LF) : bad(BAD_LINE);
  }

  private boolean endLine() {
    size = 0;
    isPastLine = true;
    return at(Place.NAME_BEGIN);
  }

  private boolean inHeaders(byte b) {
    if (size > maxHeaders) {
      return refuse("the request's headers are over %d bytes".formatted(maxHeaders));
    }
    return switch (place) {
      case NAME_BEGIN -> nameBegin(b);
      case NAME -> name(b);
      case VALUE_BEGIN -> HttpBytes.isBlank(b) || valueBegin(b);
      case VALUE -> value(b);
      case VALUE_LF -> b == HttpBytes.LF ? endField() : bad("CR stands without LF");
      default -> b == HttpBytes.LF ? end() : bad("CR stands without LF");
    };
  }

  private boolean nameBegin(byte b) {
    if (b == HttpBytes.CR) {
      return at(Place.HEAD_LF);
    }
    if (HttpBytes.isBlank(b)) {
      return bad("a header goes on in the next line");
    }
    nameLength = 0;
    place = Place.NAME;
    return name(b);
  }

  private boolean name(byte b) {
    if (HttpBytes.isToken(b)) {
      return keepName(b);
    }
    if (b != ':' || nameLength == 0) {
      return bad("a header's name is followed by something else than a colon");
    }
    field = HeadField.named(name, nameLength);
    isKept = field != null && field.isRead();
    fields.beginValue();
    return at(Place.VALUE_BEGIN);
  }

  private boolean keepName(byte b) {
    if (nameLength < name.length) {
      name[nameLength] = b >= 'A' && b <= 'Z' ? (byte) (b | 0x20) : b;
    }
    nameLength++;
    return true;
  }

  private boolean valueBegin(byte b) {
    place = Place.VALUE;
    return value(b);
  }

  private boolean value(byte b) {
    if (HttpBytes.isText(b)) {
      return !isKept || accept(fields.value(b));
    }
    return b == HttpBytes.CR
        ? at(Place.VALUE_LF)
        : bad("a header has a control character, or LF stands without CR");
  }

  private boolean endField() {
    place = Place.NAME_BEGIN;
    return field == null || accept(fields.field(field));
  }

  private boolean end() {
    isWhole = accept(fields.end(method, url.toString(), isOld));
    return false;
  }

  private boolean at(Place next) {
    place = next;
    return true;
  }

  private boolean accept(@Nullable String wrong) {
    return wrong == null || bad(wrong);
  }

  private boolean bad(String why) {
    return refuse("the request is not valid HTTP/1.1: " + why);
  }

  private boolean refuse(String why) {
    fault = why;
    return false;
  }
}
