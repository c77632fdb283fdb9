package io.snakepit.api;

/** Checks of texts for lone surrogates: halves of a character, which UTF-8 can't express. */
public final class Texts {
  private static final char REPLACEMENT = '\ufffd';

  private Texts() {}

  /** Returns whether a text has no lone surrogates, so that UTF-8 can express it. */
  public static boolean isWellFormed(CharSequence text) {
    return faultIn(text, 0) < 0;
  }

  /** Returns a text with a mark in place of each lone surrogate. */
  public static String wellFormed(String text) {
    int fault = faultIn(text, 0);
    if (fault < 0) {
      return text;
    }
    StringBuilder mended = new StringBuilder(text);
    for (; fault >= 0; fault = faultIn(mended, fault + 1)) {
      mended.setCharAt(fault, REPLACEMENT);
    }
    return mended.toString();
  }

  private static int faultIn(CharSequence text, int from) {
    int length = text.length();
    for (int i = from; i < length; i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        boolean pair =
            i + 1 < length && Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1));
        if (!pair) {
          return i;
        }
        i++;
      }
    }
    return -1;
  }
}
