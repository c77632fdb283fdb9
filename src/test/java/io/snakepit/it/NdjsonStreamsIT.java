package io.snakepit.it;

/** Streams over HTTP, as one JSON value a line. */
class NdjsonStreamsIT extends HttpStreamContract {
  @Override
  boolean events() {
    return false;
  }
}
