package io.snakepit.http;

/** Durations as decimal milliseconds with three places, without the cost of a double's text. */
final class Millis {
  private Millis() {}

  /**
   * Returns the text of nanoseconds in milliseconds, such as {@code 12.345}; negative ones count as
   * 0.
   */
  static String text(long nanos) {
    long micros = Math.max(nanos, 0) / 1000;
    long rest = micros % 1000;
    String whole = Long.toString(micros / 1000);
    int length = whole.length();
    char[] text = new char[length + 4];
    whole.getChars(0, length, text, 0);
    text[length] = '.';
    text[length + 1] = (char) ('0' + rest / 100);
    text[length + 2] = (char) ('0' + rest / 10 % 10);
    text[length + 3] = (char) ('0' + rest % 10);
    return new String(text);
  }
}
