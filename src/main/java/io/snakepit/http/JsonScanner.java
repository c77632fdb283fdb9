package io.snakepit.http;

import io.snakepit.api.HostJson;
import io.snakepit.api.SnakepitException;
import io.vertx.core.buffer.Buffer;

/**
 * Scanner that walks over the bytes of one JSON object as they arrive, piece by piece, and tells of
 * its members where they begin and end. Nothing of the values is kept, however large they are, but
 * for the texts of short members; so a body of any size costs no memory, and no more time in one go
 * than its latest piece. Each byte is looked at once.
 *
 * <p>All that is wrong throws {@code INVALID_REQUEST} with the place at fault. Pure.
 */
final class JsonScanner {
  /** The depth to which a body may be nested: its own object, and the arguments in it. */
  static final int MAX_DEPTH = HostJson.MAX_DEPTH + 1;

  /** The bytes of a member's name or value that are kept for {@link Members}. */
  static final int KEPT_BYTES = 4 * 1024;

  private static final int BLOCK_BYTES = 8 * 1024;

  /** Events of the outermost object, in their order. */
  interface Members {
    /** Tells the kind of the body, before anything else of it. */
    void root(JsonKind kind);

    /** Tells a member's name. */
    void name(String name);

    /** Tells that a member's value begins. */
    void begins(JsonKind kind);

    /**
     * Tells that a member's value has ended.
     *
     * @param start of the value, in bytes from the body's begin
     * @param end behind its last byte
     * @param text of a text what it says; of a number or word as it stands; else empty
     */
    void ends(JsonKind kind, long start, long end, String text);
  }

  /** The next thing that may come. */
  private enum State {
    VALUE,
    VALUE_OR_END,
    NAME,
    NAME_OR_END,
    COLON,
    COMMA_OR_END,
    TEXT,
    NUMBER,
    WORD,
    OVER
  }

  private final Members members;
  private final byte[] block = new byte[BLOCK_BYTES];
  private final JsonNesting nesting = new JsonNesting();
  private final JsonTextScanner text = new JsonTextScanner(KEPT_BYTES);
  private final JsonNumberScanner number = new JsonNumberScanner();
  private State state = State.VALUE;
  private JsonKind kind = JsonKind.OBJECT;
  private boolean inName;
  private String word = "";
  private int wordAt;
  private long position;
  private long start;
  private long line = 1;
  private long lineStart;

  JsonScanner(Members members) {
    this.members = members;
  }

  /** Walks over what has arrived. */
  void feed(Buffer piece) {
    for (int from = 0; from < piece.length(); from += BLOCK_BYTES) {
      int length = Math.min(BLOCK_BYTES, piece.length() - from);
      piece.getBytes(from, from + length, block);
      scan(length);
    }
  }

  /** Ends the walk: nothing more comes. */
  void end() {
    if (state != State.OVER) {
      if (position == 0) {
        throw Problem.invalid("the body must be a JSON object: it is empty");
      }
      if (nesting.depth() == 0) {
        throw Problem.invalid("the body must be a JSON object: got nothing");
      }
      throw fault("it ends before its object does");
    }
  }

  private void scan(int length) {
    int at = 0;
    while (at < length) {
      switch (state) {
        case TEXT -> at = inText(at, length);
        case NUMBER -> at = inNumber(at, length);
        case WORD -> inWord(block[at++]);
        default -> between(block[at++]);
      }
    }
  }

  private int inText(int from, int length) {
    int end = text.scan(block, from, length);
    position += end - from;
    String wrong = text.fault();
    if (wrong != null) {
      throw fault(wrong);
    }
    if (text.isOver()) {
      if (inName) {
        inName = false;
        state = State.COLON;
        if (nesting.depth() == 1) {
          members.name(text.text());
        }
      } else {
        endValue(nesting.depth() == 1 ? text.text() : "");
      }
    }
    return end;
  }

  private int inNumber(int from, int length) {
    int end = number.scan(block, from, length);
    position += end - from;
    if (end < length) {
      if (!number.isWhole()) {
        position++;
        throw fault("a number can't go on with " + shown(block[end]));
      }
      kind = number.isDecimal() ? JsonKind.DECIMAL : JsonKind.WHOLE;
      endValue(nesting.depth() == 1 ? number.text() : "");
    }
    return end;
  }

  private void inWord(byte next) {
    position++;
    if (next != word.charAt(wordAt)) {
      throw fault("unexpected " + shown(next));
    }
    wordAt++;
    if (wordAt == word.length()) {
      endValue(word);
    }
  }

  /** Takes a byte outside of texts, numbers and words. */
  private void between(byte next) {
    checkEncoding(next);
    position++;
    if (next == '\n') {
      line++;
      lineStart = position;
      return;
    }
    if (next == ' ' || next == '\t' || next == '\r') {
      return;
    }
    switch (state) {
      case VALUE -> value(next);
      case VALUE_OR_END -> {
        if (next == ']') {
          close(false);
        } else {
          value(next);
        }
      }
      case NAME -> name(next);
      case NAME_OR_END -> {
        if (next == '}') {
          close(true);
        } else {
          name(next);
        }
      }
      case COLON -> {
        require(next == ':', next);
        state = State.VALUE;
      }
      case COMMA_OR_END -> commaOrEnd(next);
      case OVER -> goesOn(next);
      case TEXT, NUMBER, WORD -> throw new IllegalStateException(state + " is not between");
    }
  }

  private void goesOn(byte next) {
    if (next == '{' || next == '[' || next == '"' || (next >= '0' && next <= '9')) {
      throw Problem.invalid("the body goes on after its JSON object");
    }
    throw fault("unexpected " + shown(next));
  }

  private void name(byte next) {
    require(next == '"', next);
    inName = true;
    text.begin(nesting.depth() == 1);
    state = State.TEXT;
  }

  private void value(byte next) {
    start = nesting.depth() > 1 ? start : position - 1;
    switch (next) {
      case '{' -> open(true);
      case '[' -> open(false);
      case '"' -> {
        begin(JsonKind.TEXT, State.TEXT);
        text.begin(nesting.depth() == 1);
      }
      case 't' -> word(JsonKind.TRUE, "true");
      case 'f' -> word(JsonKind.FALSE, "false");
      case 'n' -> word(JsonKind.NULL, "null");
      default -> {
        require(next == '-' || (next >= '0' && next <= '9'), next);
        begin(JsonKind.WHOLE, State.NUMBER);
        number.begin(next);
      }
    }
  }

  private void word(JsonKind of, String whole) {
    begin(of, State.WORD);
    word = whole;
    wordAt = 1;
  }

  private void begin(JsonKind of, State next) {
    tellBegin(of);
    kind = of;
    state = next;
  }

  private void tellBegin(JsonKind of) {
    if (nesting.depth() == 0) {
      members.root(of);
    } else if (nesting.depth() == 1) {
      members.begins(of);
    }
  }

  private void open(boolean object) {
    tellBegin(object ? JsonKind.OBJECT : JsonKind.ARRAY);
    if (nesting.depth() == MAX_DEPTH) {
      throw Problem.invalid("args is " + HostJson.TOO_DEEP);
    }
    nesting.push(object);
    state = object ? State.NAME_OR_END : State.VALUE_OR_END;
  }

  private void commaOrEnd(byte next) {
    boolean object = nesting.isInObject();
    if (next == ',') {
      state = object ? State.NAME : State.VALUE;
    } else {
      require(next == (object ? '}' : ']'), next);
      close(object);
    }
  }

  private void close(boolean object) {
    nesting.pop();
    if (nesting.depth() == 0) {
      state = State.OVER;
      return;
    }
    kind = object ? JsonKind.OBJECT : JsonKind.ARRAY;
    endValue("");
  }

  private void endValue(String said) {
    state = State.COMMA_OR_END;
    if (nesting.depth() == 1) {
      members.ends(kind, start, position, said);
    }
  }

  /** Refuses what begins like UTF-16, UTF-32 or with a byte-order mark. */
  private void checkEncoding(byte next) {
    int value = next & 0xff;
    boolean marked = position == 0 && (value == 0xef || value == 0xfe || value == 0xff);
    if (marked || (position < 4 && value == 0)) {
      throw JsonText.wrongEncoding();
    }
  }

  private void require(boolean fits, byte seen) {
    if (!fits) {
      throw fault("unexpected " + shown(seen));
    }
  }

  private static String shown(byte seen) {
    return seen > ' ' && seen < 0x7f ? "'" + (char) seen + "'" : "byte 0x%02x".formatted(seen);
  }

  private SnakepitException fault(String what) {
    return Problem.invalid(
        "the body is not valid JSON at line %d, column %d: %s"
            .formatted(line, Math.max(1, position - lineStart), what));
  }
}
