package io.snakepit.it;

/** Streams over the event bus. */
class BusStreamsIT extends StreamContract {
  @Override
  StreamClient client() {
    return new BusStreamClient(running.vertx());
  }
}
