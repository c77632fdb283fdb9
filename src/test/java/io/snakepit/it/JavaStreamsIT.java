package io.snakepit.it;

/** Streams by the Java API, read on another event loop than the pool's. */
class JavaStreamsIT extends StreamContract {
  @Override
  StreamClient client() {
    return JavaStreamClient.elsewhere(running.vertx(), running.snakepit());
  }
}
