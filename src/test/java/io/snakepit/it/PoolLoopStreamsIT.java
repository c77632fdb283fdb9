package io.snakepit.it;

/** Streams by the Java API, read on the pool's own event loop. */
class PoolLoopStreamsIT extends StreamContract {
  @Override
  StreamClient client() {
    return JavaStreamClient.inThePool(running.snakepit());
  }
}
