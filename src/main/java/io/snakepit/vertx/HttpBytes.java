package io.snakepit.vertx;

/** Classes of bytes in the grammar of HTTP/1.1 (RFC 9110, RFC 9112). */
final class HttpBytes {
  static final byte CR = '\r';
  static final byte LF = '\n';
  static final byte SPACE = ' ';
  static final byte TAB = '\t';

  private static final String SIGNS = "!#$%&'*+-.^_`|~";
  private static final boolean[] TOKEN = new boolean[256];

  static {
    for (int b = 0; b < TOKEN.length; b++) {
      boolean isLetter = (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z');
      TOKEN[b] = isLetter || (b >= '0' && b <= '9') || SIGNS.indexOf(b) >= 0;
    }
  }

  private HttpBytes() {}

  /** Returns whether a byte may stand in a method or in the name of a header. */
  static boolean isToken(byte b) {
    return TOKEN[b & 0xff];
  }

  /** Returns whether a byte may stand in the value of a header: no control, but a tab. */
  static boolean isText(byte b) {
    return (b >= SPACE && b != 0x7f) || b < 0 || b == TAB;
  }

  /** Returns whether a byte may stand in the target of a request. */
  static boolean isTarget(byte b) {
    return b > SPACE && b != 0x7f && b != '#';
  }

  static boolean isBlank(byte b) {
    return b == SPACE || b == TAB;
  }
}
