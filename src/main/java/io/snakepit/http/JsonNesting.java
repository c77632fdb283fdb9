package io.snakepit.http;

import java.util.Arrays;

/** Stack of the brackets around a place in JSON, of which some are braces: a bit for each. Pure. */
final class JsonNesting {
  private long[] braces = new long[2];
  private int depth;

  /** Returns how many brackets are open. */
  int depth() {
    return depth;
  }

  /** Opens a bracket; {@code brace} is whether it is one of an object. */
  void push(boolean brace) {
    int word = depth >> 6;
    if (word == braces.length) {
      braces = Arrays.copyOf(braces, 2 * word);
    }
    long bit = 1L << depth;
    braces[word] = brace ? braces[word] | bit : braces[word] & ~bit;
    depth++;
  }

  /** Closes the innermost bracket. */
  void pop() {
    depth--;
  }

  /** Returns whether the innermost bracket is one of an object. */
  boolean isInObject() {
    int top = depth - 1;
    return (braces[top >> 6] & (1L << top)) != 0;
  }
}
