package io.snakepit.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.ByteBuf;

/**
 * Finds the end of each HTTP response on one connection, and as little else as that takes: the
 * status must be 200, and there must be a length. One request at a time.
 */
final class ResponseScanner {
  private static final int HEAD_LIMIT = 8 * 1024;
  private static final byte[] OK = "HTTP/1.1 200".getBytes(ISO_8859_1);
  private static final byte[] LENGTH = "content-length:".getBytes(ISO_8859_1);
  private static final int TO_LOWER = 0x20;

  private final byte[] head = new byte[HEAD_LIMIT];
  private int headBytes;
  private long bodyLeft = -1;

  /**
   * Takes what has arrived.
   *
   * @return whether the response is whole
   * @throws IllegalStateException with the response's head, if it is not what is expected
   */
  boolean read(ByteBuf arrived) {
    if (bodyLeft < 0) {
      readHead(arrived);
    }
    if (bodyLeft < 0) {
      return false;
    }
    int taken = (int) Math.min(bodyLeft, arrived.readableBytes());
    arrived.skipBytes(taken);
    bodyLeft -= taken;
    if (bodyLeft > 0) {
      return false;
    }
    bodyLeft = -1;
    headBytes = 0;
    return true;
  }

  private void readHead(ByteBuf arrived) {
    int before = headBytes;
    int taken = Math.min(arrived.readableBytes(), HEAD_LIMIT - headBytes);
    arrived.getBytes(arrived.readerIndex(), head, headBytes, taken);
    headBytes += taken;
    int end = endOfHead();
    if (end < 0) {
      if (headBytes == HEAD_LIMIT) {
        throw unexpected("a head without end");
      }
      arrived.skipBytes(taken);
      return;
    }
    arrived.skipBytes(end - before);
    headBytes = end;
    if (!matches(OK, 0)) {
      throw unexpected("not the expected status");
    }
    bodyLeft = length();
  }

  private int endOfHead() {
    for (int i = 3; i < headBytes; i++) {
      if (head[i] == '\n' && head[i - 2] == '\n' && head[i - 1] == '\r') {
        return i + 1;
      }
    }
    return -1;
  }

  private long length() {
    for (int i = 0; i < headBytes - LENGTH.length; i++) {
      if (head[i] == '\n' && matchesLowerCase(i + 1)) {
        return number(i + 1 + LENGTH.length);
      }
    }
    throw unexpected("no content-length");
  }

  private boolean matchesLowerCase(int at) {
    for (int i = 0; i < LENGTH.length; i++) {
      byte c = head[at + i];
      if ((c >= 'A' && c <= 'Z' ? c | TO_LOWER : c) != LENGTH[i]) {
        return false;
      }
    }
    return true;
  }

  private boolean matches(byte[] expected, int at) {
    for (int i = 0; i < expected.length; i++) {
      if (head[at + i] != expected[i]) {
        return false;
      }
    }
    return true;
  }

  private long number(int at) {
    long value = 0;
    for (int i = at; head[i] != '\r'; i++) {
      if (head[i] != ' ') {
        value = value * 10 + (head[i] - '0');
      }
    }
    return value;
  }

  private IllegalStateException unexpected(String what) {
    return new IllegalStateException(what + ": " + new String(head, 0, headBytes, ISO_8859_1));
  }
}
