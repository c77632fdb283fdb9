package io.snakepit.process;

/**
 * Foreign text, made fit for a log: a terminal that shows it must not obey it. Control characters
 * are escaped as Java and Python write them, such as {@code \x1b}; so are characters that end a
 * line somewhere, or turn the direction of what follows. Pure.
 */
public final class Printable {
  private Printable() {}

  /** Returns a text on one line; tabs stay. */
  public static String line(String text) {
    return escape(text, false);
  }

  /** Returns a text of several lines: its newlines stay, too. */
  public static String lines(String text) {
    return escape(text, true);
  }

  private static String escape(String text, boolean newlines) {
    int first = 0;
    while (first < text.length() && isHarmless(text.charAt(first), newlines)) {
      first++;
    }
    if (first == text.length()) {
      return text;
    }
    StringBuilder escaped = new StringBuilder(text.length() + 16).append(text, 0, first);
    for (int i = first; i < text.length(); i++) {
      char c = text.charAt(i);
      if (isHarmless(c, newlines)) {
        escaped.append(c);
      } else {
        escaped.append(c < 0x100 ? "\\x%02x".formatted((int) c) : "\\u%04x".formatted((int) c));
      }
    }
    return escaped.toString();
  }

  private static boolean isHarmless(char c, boolean newlines) {
    if (c < ' ') {
      return c == '\t' || (newlines && c == '\n');
    }
    return c < 0x7f
        || (c >= 0xa0
            && !(c >= '\u2028' && c <= '\u202e') // separators; overrides of direction
            && !(c >= '\u2066' && c <= '\u2069'));
  }
}
