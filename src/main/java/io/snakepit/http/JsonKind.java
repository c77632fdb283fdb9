package io.snakepit.http;

/** Kinds of values in JSON, as people call them. */
enum JsonKind {
  OBJECT("an object"),
  ARRAY("an array"),
  TEXT("a text"),
  WHOLE("a number"),
  DECIMAL("a number"),
  TRUE("true"),
  FALSE("false"),
  NULL("null");

  private final String seen;

  JsonKind(String seen) {
    this.seen = seen;
  }

  @Override
  public String toString() {
    return seen;
  }
}
