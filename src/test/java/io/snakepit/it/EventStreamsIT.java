package io.snakepit.it;

/** Streams over HTTP, as server-sent events. */
class EventStreamsIT extends HttpStreamContract {
  @Override
  boolean events() {
    return true;
  }
}
